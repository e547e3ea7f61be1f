using System.Text.RegularExpressions;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// A version with a leading v whose minor and patch may be left out, as Go's module versions have it
/// (golang.org/x/mod/semver): a pre-release or build part only stands behind all three numbers.
/// </summary>
internal sealed partial record SemanticVersion(string Major, string? Minor, string? Patch, string? PreRelease, string? Build)
{
    public bool IsFull => Patch is not null;

    public static SemanticVersion? TryParse(string text)
    {
        var match = Pattern().Match(text);
        return match.Success ? new(match.Groups["major"].Value, Part(match, "minor"), Part(match, "patch"), Part(match, "pre"), Part(match, "build")) : null;
    }

    /// <summary>Whether every part that the expected version says is this one's; what this leaves out is zero.</summary>
    public bool Matches(SemanticVersion expected) =>
        Major == expected.Major
        && (expected.Minor is null || expected.Minor == (Minor ?? "0"))
        && (expected.Patch is null || (expected.Patch == (Patch ?? "0") && expected.PreRelease == PreRelease));

    private static string? Part(Match match, string name) => match.Groups[name] is { Success: true } group ? group.Value : null;

    [GeneratedRegex(@"\Av(?<major>0|[1-9][0-9]*)(\.(?<minor>0|[1-9][0-9]*)(\.(?<patch>0|[1-9][0-9]*)(-(?<pre>(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?(\+(?<build>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?)?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
