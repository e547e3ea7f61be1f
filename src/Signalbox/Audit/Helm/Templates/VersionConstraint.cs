using System.Globalization;
using System.Text.RegularExpressions;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Constraints on versions as Helm's <c>semverCompare</c> reads them (github.com/Masterminds/semver).</summary>
internal static partial class VersionConstraint
{
    /// <exception cref="FormatException">One of both is not understood.</exception>
    public static bool Holds(string constraint, string version)
    {
        var given = Read(version);
        return constraint.Split("||").Any(any => Split().Split(any.Trim()).Where(p => p.Length > 0).All(part => Holds(part, given)));
    }

    /// <summary>The parts of a version by the names that templates use.</summary>
    /// <exception cref="FormatException">It is no version.</exception>
    public static Dictionary<string, object?> Parts(string version)
    {
        var read = Read(version);
        return new(StringComparer.Ordinal)
        {
            ["Major"] = read.Major,
            ["Minor"] = read.Minor,
            ["Patch"] = read.Patch,
            ["Prerelease"] = read.Pre,
            ["Original"] = version,
        };
    }

    private static bool Holds(string part, (long Major, long Minor, long Patch, string Pre, int Given) version)
    {
        var sign = part[..part.TakeWhile(c => c is '<' or '>' or '=' or '!' or '^' or '~').Count()];
        var text = part[sign.Length..].Trim();
        if (text is "*" or "") return true;
        var bound = Read(text);
        var order = Compare(version, bound);
        return sign switch
        {
            ">=" or "=>" => order >= 0,
            ">" => order > 0,
            "<" => order < 0,
            "<=" or "=<" => order <= 0,
            "!=" => order != 0,
            "^" => order >= 0 && version.Major == bound.Major && (bound.Major > 0 || version.Minor == bound.Minor),
            "~" or "~>" => order >= 0 && version.Major == bound.Major && (bound.Given < 2 || version.Minor == bound.Minor),
            "" or "=" => version.Major == bound.Major && (bound.Given < 2 || version.Minor == bound.Minor) && (bound.Given < 3 || order == 0),
            _ => throw new FormatException(),
        };
    }

    private static int Compare((long Major, long Minor, long Patch, string Pre, int Given) one, (long Major, long Minor, long Patch, string Pre, int Given) other)
    {
        var numbers = (one.Major, one.Minor, one.Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (numbers != 0) return numbers;
        // what comes before a release is less than it
        return one.Pre == other.Pre ? 0 : one.Pre.Length == 0 ? 1 : other.Pre.Length == 0 ? -1 : string.CompareOrdinal(one.Pre, other.Pre);
    }

    private static (long Major, long Minor, long Patch, string Pre, int Given) Read(string text)
    {
        if (Version().Match(text) is not { Success: true } match) throw new FormatException();
        var given = 1 + (match.Groups[2].Success ? 1 : 0) + (match.Groups[3].Success ? 1 : 0);
        return (Number(match.Groups[1]), Number(match.Groups[2]), Number(match.Groups[3]), match.Groups[4].Value, given);
    }

    private static long Number(Group group) => group.Success ? long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^v?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:\.[xX*])*(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    // a space or a comma joins; a space behind a sign does not
    [GeneratedRegex(@"\s*,\s*|(?<=[0-9A-Za-z*])\s+(?=[<>=!^~0-9v])", RegexOptions.CultureInvariant)]
    private static partial Regex Split();
}
