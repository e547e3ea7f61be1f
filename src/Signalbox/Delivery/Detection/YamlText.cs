using System.Globalization;
using System.Text;

namespace Signalbox.Delivery.Detection;

/// <summary>Values and comments as YAML, whatever a hostile project calls itself.</summary>
internal static class YamlText
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase) { "null", "true", "false", "yes", "no", "on", "off", "y", "n" };

    public static string Scalar(string text)
    {
        if (IsPlain(text)) return text;
        if (text.All(IsPrintable)) return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        return Escaped(text);
    }

    /// <summary>A value that has its line for itself: words without a sign that means something to YAML need no quotes.</summary>
    public static string Line(string text) =>
        text.Split(' ').All(word => word.Length > 0 && IsPlain(word) && !word.EndsWith(':')) && char.IsAsciiLetter(text[0]) ? text : Scalar(text);

    public static string List(IEnumerable<string> words) => $"[{string.Join(", ", words.Select(Scalar))}]";

    /// <summary>Whether the text can stand in a block as it is.</summary>
    public static bool IsBlock(string text) => text.All(c => c == '\n' || IsPrintable(c));

    /// <summary>A comment's text: one line, and nothing that a reader's terminal would act on.</summary>
    public static string Comment(string text) => string.Concat(text.Select(c => IsPrintable(c) ? c : ' '));

    private static bool IsPlain(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "_./@%+=-:$".Contains(c)) && !"@%:=".Contains(text[0]) && text is not "-" && !text.StartsWith("---", StringComparison.Ordinal) && text[^1] != ':' && !Words.Contains(text);

    // surrogates are left to the escapes, which say the same
    private static bool IsPrintable(char c) => c is >= ' ' and not '\u007f' && !char.IsControl(c) && !char.IsSurrogate(c)
        && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value is '"' or '\\') escaped.Append('\\').Append(rune);
            else if (rune.IsBmp && IsPrintable((char)rune.Value)) escaped.Append(rune);
            else escaped.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}");
        return escaped.Append('"').ToString();
    }
}
