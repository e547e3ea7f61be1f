using System.Text.RegularExpressions;

namespace Signalbox.Audit.GitOps;

/// <summary>Whether what a source follows can move.</summary>
internal static partial class Revision
{
    /// <summary>Whether the text is filled in later, so that nothing is known.</summary>
    public static bool IsOpen(string? text) => text is not null && (text.Contains("{{", StringComparison.Ordinal) || text.Contains('$') || text.Contains('<'));

    /// <summary>Whether a Git revision moves: a branch, or nothing, which means the default one. A commit and a tag that reads like a version do not.</summary>
    public static bool IsMovingGit(string? text) => text is null or "" || (!Commit().IsMatch(text) && !Fixed().IsMatch(text));

    /// <summary>Whether a chart's version is a range or missing.</summary>
    public static bool IsRange(string? text) => string.IsNullOrWhiteSpace(text) || RangeSign().IsMatch(text);

    /// <summary>Whether a range has no upper end, so that the next major version is in it (Masterminds/semver, which Flux and Argo CD use).</summary>
    public static bool IsUnbounded(string? text) => string.IsNullOrWhiteSpace(text) || text.Split("||").Any(part => Wild().IsMatch(part.Trim()) || (part.Contains('>') && !part.Contains('<') && !part.Contains('~') && !part.Contains('^')));

    [GeneratedRegex("^[0-9a-f]{7,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();

    [GeneratedRegex(@"^refs/tags/|(^|[-_/@])v?\d+(\.\d+)+([-+.][\w.+-]*)?$|^v\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Fixed();

    [GeneratedRegex(@"[<>^~*|]|(^|\.)[xX](\.|$)|\s-\s|^v?\d+(\.\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex RangeSign();

    [GeneratedRegex(@"^[v=]?\s*[*xX](\.[*xX0])*(-0)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Wild();
}
