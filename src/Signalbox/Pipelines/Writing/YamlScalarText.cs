using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Writing;

/// <summary>Text as a YAML scalar that YAML 1.1 and 1.2 readers both take for that very text.</summary>
internal static partial class YamlScalarText
{
    /// <summary>On one line: plain where that is safe, in single quotes where it can be, else with escapes.</summary>
    public static string Line(string text)
    {
        if (IsPlain(text)) return text;
        return text.All(IsPrintable) ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : Escaped(text);
    }

    /// <summary>Whether a literal block holds the text.</summary>
    public static bool IsBlock(string text) =>
        text.Contains('\n') && text[0] is not (' ' or '\n' or '\t') && text.All(c => c == '\n' || c == '\t' || IsPrintable(c)) && WellFormed(text) && text.Any(c => c is not ('\n' or ' ' or '\t'))
        && !text.Split('\n').Any(l => l.Length > 0 && string.IsNullOrWhiteSpace(l)) && !text.TrimEnd('\n').EndsWith(' ');

    /// <summary>The sign over a block: <c>|</c> keeps one last line break, <c>|-</c> none, <c>|+</c> all.</summary>
    public static string BlockSign(string text) => !text.EndsWith('\n') ? "|-" : text.EndsWith("\n\n", StringComparison.Ordinal) ? "|+" : "|";

    private static bool IsPlain(string text) => text == "." || Plain().IsMatch(text) && !Special().IsMatch(text) && text.Length < 400;

    // YAML 1.2, 5.1: what may stand in a stream; the breaks of YAML 1.1 and the byte order mark are escaped, too
    private static bool IsPrintable(char c) => c is >= ' ' and <= '~' or (>= '\u00A0' and <= '\uD7FF' and not ('\u2028' or '\u2029')) or (>= '\uE000' and <= '\uFFFD' and not '\uFEFF');

    private static bool WellFormed(string text) => !text.Any(char.IsSurrogate);

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
            escaped.Append(text[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\0' => "\\0",
                _ when char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => $"\\U{char.ConvertToUtf32(text[i], text[++i]):X8}",
                _ when IsPrintable(text[i]) => text[i].ToString(),
                // a lone half of a pair is no character
                _ when char.IsSurrogate(text[i]) => "\\uFFFD",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}"),
            });
        return escaped.Append('"').ToString();
    }

    // in a block: printable ASCII, with no colon before a blank or the end and no sharp after a blank
    [GeneratedRegex(@"\A[A-Za-z0-9_./$(](?:[!-9;-~]|:(?=[!-~])| (?=[!-""$-~]))*\z")]
    private static partial Regex Plain();

    // YAML 1.1's booleans, nulls, numbers in every base, sexagesimals, dates, and its special signs
    [GeneratedRegex(@"\A(y|n|yes|no|on|off|true|false|null|~|\.inf|\.nan|[-+.0-9][-+.0-9_eExXoOa-fA-F:,]*|0[xobXOB].*|[0-9]{4}-.*)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Special();
}
