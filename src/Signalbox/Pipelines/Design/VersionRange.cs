using System.Globalization;
using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Design;

/// <summary>
/// Which release of a language a range takes, as package managers write them: npm's (docs.npmjs.com/cli/using-npm/semver) and Python's (PEP 440, and
/// Poetry's carets). What is no range takes nothing.
/// </summary>
internal static partial class VersionRange
{
    /// <summary>In place of a part that is not known: the newest there is.</summary>
    public const int Newest = 9_999;

    /// <param name="range"><c>^18 || >=20 &lt;23</c>, <c>18.x</c>, <c>18 - 22</c>, <c>&lt;4,>=3.9</c>, <c>~=3.10</c>.</param>
    /// <param name="version">Major, minor and patch.</param>
    /// <param name="python">By PEP 440, where a bare version and <c>~=</c> mean other things.</param>
    public static bool Takes(string range, int[] version, bool python)
    {
        var alternatives = range.Split("||", StringSplitOptions.TrimEntries);
        return alternatives.Any(set => set is "" or "*" or "x" or "latest" ? !python || set == "*" : Of(set, python) is { Count: > 0 } all && all.All(c => Holds(c, version, python)));
    }

    private sealed record Comparator(string Sign, int[] Parts);

    private static List<Comparator>? Of(string set, bool python)
    {
        if (Hyphen().Match(set) is { Success: true } span) return [new(">=", Parts(span.Groups[1].Value)), new("<=", Parts(span.Groups[2].Value))];
        var found = Part().Matches(set);
        // a word that is none of these may say anything
        if (Part().Replace(set, "").Any(c => !char.IsWhiteSpace(c) && c != ',')) return null;
        return [.. found.Select(m => new Comparator(m.Groups[1].Value is "" ? (python ? "==" : "=") : m.Groups[1].Value, Parts(m.Groups[2].Value)))];
    }

    private static int[] Parts(string text) => [.. text.Split('.').TakeWhile(p => p is not ("x" or "X" or "*")).Select(p => int.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture))];

    private static bool Holds(Comparator comparator, int[] version, bool python)
    {
        var (sign, parts) = (comparator.Sign, comparator.Parts);
        var order = Compare(version, parts);
        return sign switch
        {
            ">=" => order >= 0,
            ">" => order > 0,
            // PEP 440: 3.12.1 comes after 3.12
            "<=" => order < 0 || (order == 0 && !(python && version.Skip(parts.Length).Any(p => p > 0))),
            "<" => order < 0,
            "!=" => !Begins(version, parts),
            // the first part that is not zero stays
            "^" => order >= 0 && Begins(version, parts[..Math.Min(parts.Length, parts.TakeWhile(p => p == 0).Count() + 1)]),
            "~=" => order >= 0 && parts.Length > 1 && Begins(version, parts[..^1]),
            "~" => order >= 0 && Begins(version, parts[..Math.Min(parts.Length, python || parts.Length > 1 ? 2 : 1)]),
            _ => Begins(version, parts),
        };
    }

    /// <summary>By the parts that both say.</summary>
    private static int Compare(int[] version, int[] parts) => version.Zip(parts).Select(p => p.First.CompareTo(p.Second)).FirstOrDefault(o => o != 0);

    private static bool Begins(int[] version, int[] parts) => version.Zip(parts).All(p => p.First == p.Second);

    [GeneratedRegex(@"^\s*v?(\d{1,4}(?:\.\d{1,4}){0,2})\s+-\s+v?(\d{1,4}(?:\.\d{1,4}){0,2})\s*$")]
    private static partial Regex Hyphen();

    [GeneratedRegex(@"(>=|<=|~=|==|!=|[<>^~=]|)\s*v?(\d{1,4}(?:\.(?:\d{1,4}|[xX*])){0,2})")]
    private static partial Regex Part();
}
