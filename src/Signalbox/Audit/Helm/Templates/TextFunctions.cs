using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Functions on text.</summary>
internal static class TextFunctions
{
    private const int MostSpaces = 1000;

    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        ("quote", a => string.Join(' ', a.Where(v => v is not null).Select(v => YamlWriter.Quote(Text(v))))),
        ("squote", a => string.Join(' ', a.Where(v => v is not null).Select(v => $"'{Text(v)}'"))),
        ("trim", a => Text(a[0]).Trim()),
        ("trimAll", a => Text(a[1]).Trim(Text(a[0]).ToCharArray())),
        ("trimSuffix", a => WithoutEnd(Text(a[1]), Text(a[0]))),
        ("trimPrefix", a => WithoutStart(Text(a[1]), Text(a[0]))),
        ("upper", a => Text(a[0]).ToUpperInvariant()),
        ("lower", a => Text(a[0]).ToLowerInvariant()),
        ("title", a => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Text(a[0]))),
        ("untitle", a => Text(a[0]) is { Length: > 0 } s ? char.ToLowerInvariant(s[0]) + s[1..] : ""),
        ("nospace", a => string.Concat(Text(a[0]).Where(c => !char.IsWhiteSpace(c)))),
        ("repeat", a => Repeated(Text(a[1]), Int(a[0]))),
        ("trunc", a => Truncated(Text(a[1]), Int(a[0]))),
        ("substr", a => Piece(Text(a[2]), Int(a[0]), Int(a[1]))),
        ("contains", a => Text(a[1]).Contains(Text(a[0]), StringComparison.Ordinal)),
        ("hasPrefix", a => Text(a[1]).StartsWith(Text(a[0]), StringComparison.Ordinal)),
        ("hasSuffix", a => Text(a[1]).EndsWith(Text(a[0]), StringComparison.Ordinal)),
        ("indent", a => Indented(Int(a[0]), Text(a[1]))),
        ("nindent", a => "\n" + Indented(Int(a[0]), Text(a[1]))),
        ("replace", a => Replaced(Text(a[2]), Text(a[0]), Text(a[1]))),
        ("cat", a => string.Join(' ', a.Where(v => v is not null).Select(Text))),
        ("print", a => GoFormat.Print(a)),
        ("println", a => string.Join(' ', a.Select(Text)) + "\n"),
        ("printf", a => GoFormat.Format(Text(a[0]), a.AsSpan(1))),
        ("toString", a => Text(a[0])),
        ("snakecase", a => Cased(Text(a[0]), '_')),
        ("kebabcase", a => Cased(Text(a[0]), '-')),
        ("camelcase", a => string.Concat(Text(a[0]).Split('_', '-', ' ').Where(w => w.Length > 0).Select(w => char.ToUpperInvariant(w[0]) + w[1..]))),
        ("split", a => Text(a[1]).Split(Text(a[0])).Select((part, i) => (part, i)).ToDictionary(p => $"_{p.i}", p => (object?)p.part, StringComparer.Ordinal)),
        ("splitn", a => Text(a[2]).Split(Text(a[0]), Int(a[1])).Select((part, i) => (part, i)).ToDictionary(p => $"_{p.i}", p => (object?)p.part, StringComparer.Ordinal)),
        ("splitList", a => Text(a[1]).Split(Text(a[0])).Select(p => (object?)p).ToList()),
        ("join", a => Joined(Text(a[0]), ListFunctions.List(a[1]))),
        ("base", a => Text(a[0])[(Text(a[0]).LastIndexOf('/') + 1)..]),
        ("dir", a => Text(a[0]).LastIndexOf('/') is > 0 and var slash ? Text(a[0])[..slash] : "."),
        ("ext", a => Text(a[0]).LastIndexOf('.') is >= 0 and var dot ? Text(a[0])[dot..] : ""),
        .. Both("regexMatch", a => Pattern(a[0]).IsMatch(Text(a[1]))),
        .. Both("regexFind", a => Pattern(a[0]).Match(Text(a[1])).Value),
        .. Both("regexFindAll", a => Pattern(a[0]).Matches(Text(a[1])).Select(m => (object?)m.Value).ToList()),
        .. Both("regexReplaceAll", a => Pattern(a[0]).Replace(Text(a[1]), Text(a[2]))),
        .. Both("regexReplaceAllLiteral", a => Pattern(a[0]).Replace(Text(a[1]), Text(a[2]).Replace("$", "$$", StringComparison.Ordinal))),
        .. Both("regexSplit", a => Pattern(a[0]).Split(Text(a[1])).Select(p => (object?)p).ToList()),
    ];

    private static IEnumerable<(string, Func<object?[], object?>)> Both(string name, Func<object?[], object?> run) => [(name, run), ("must" + char.ToUpperInvariant(name[0]) + name[1..], run)];

    private static string Text(object? value) => TemplateValue.Text(value);

    private static int Int(object? value) => checked((int)NumberFunctions.Long(value));

    private static string Repeated(string text, int times) =>
        (long)text.Length * times <= TemplateRun.MostCharacters ? new StringBuilder().Insert(0, text, Math.Max(0, times)).ToString() : throw new TemplateException("it makes more text than is followed");

    private static string WithoutEnd(string text, string end) => end.Length > 0 && text.EndsWith(end, StringComparison.Ordinal) ? text[..^end.Length] : text;

    private static string WithoutStart(string text, string start) => text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : text;

    private static string Piece(string text, int start, int end)
    {
        var from = Math.Clamp(start, 0, text.Length);
        return text[from..(end < 0 || end > text.Length ? text.Length : Math.Max(from, end))];
    }

    private static string Truncated(string text, int length) => length >= 0 ? text[..Math.Min(length, text.Length)] : text[Math.Max(0, text.Length + length)..];

    private static string Indented(int spaces, string text)
    {
        if (spaces is < 0 or > MostSpaces) throw new ArgumentException("that far nothing is indented");
        if ((long)spaces * (text.Count(c => c == '\n') + 1) > TemplateRun.MostCharacters) throw new TemplateException("it makes more text than is followed");
        var padding = new string(' ', spaces);
        return padding + text.Replace("\n", "\n" + padding, StringComparison.Ordinal);
    }

    private static string Replaced(string text, string old, string by)
    {
        if (old.Length == 0) throw new ArgumentException("nothing is replaced nowhere");
        return (long)text.Length / old.Length * by.Length <= TemplateRun.MostCharacters * 4L ? text.Replace(old, by, StringComparison.Ordinal) : throw new TemplateException("it makes more text than is followed");
    }

    private static string Joined(string between, List<object?> list)
    {
        var parts = list.Select(Text).ToList();
        return parts.Sum(p => (long)p.Length + between.Length) <= TemplateRun.MostCharacters ? string.Join(between, parts) : throw new TemplateException("it makes more text than is followed");
    }

    private static string Cased(string text, char between)
    {
        var cased = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is ' ' or '_' or '-') cased.Append(between);
            else if (char.IsUpper(text[i]) && i > 0 && char.IsLower(text[i - 1])) cased.Append(between).Append(char.ToLowerInvariant(text[i]));
            else cased.Append(char.ToLowerInvariant(text[i]));
        }
        return cased.ToString();
    }

    // RE2's promise of linear time; what it cannot express throws
    private static Regex Pattern(object? pattern) => new(Text(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

}
