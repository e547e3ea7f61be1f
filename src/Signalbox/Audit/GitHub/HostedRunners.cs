using System.Text.RegularExpressions;

namespace Signalbox.Audit.GitHub;

/// <summary>The labels of runners that GitHub, or a service in its place, keeps.</summary>
internal static partial class HostedRunners
{
    /// <summary>Whether a label names another machine; expressions are not known and are not.</summary>
    public static bool IsForeign(string label) => !label.Contains('$') && !Hosted().IsMatch(label);

    // docs.github.com, "GitHub-hosted runners" and "Larger runners"; BuildJet, WarpBuild, Blacksmith, Namespace, Depot and Ubicloud by their manuals
    [GeneratedRegex("^(ubuntu-([0-9]{2}\\.04|latest|slim)(-arm|-(2|4|8|16|32|64)-cores?)?|macos-([0-9]{2}(\\.[0-9]+)?|latest)(-(xl|x?large|arm64|intel))?|windows-(20[0-9]{2}|11-arm|latest)(-(2|4|8|16|32|64)-cores?)?|(buildjet|warp|blacksmith|namespace|depot|ubicloud)-[a-z0-9-.]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hosted();
}
