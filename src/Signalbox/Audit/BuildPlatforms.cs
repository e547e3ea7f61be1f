using System.Globalization;

namespace Signalbox.Audit;

/// <summary>A published advisory of a build platform.</summary>
/// <param name="Ranges">From the first affected version up to, not including, the first that is mended; per release line.</param>
internal sealed record PlatformAdvisory(string Id, string What, IReadOnlyList<(string From, string Below)> Ranges);

/// <summary>Servers that run pipelines, and the advisories that let an outsider take them over. The ranges were compared with quoted descriptions of the CVE records (cve.org/CVERecord?id=…), not with each vendor's own notice.</summary>
internal static class BuildPlatforms
{
    /// <summary>The advisory that an image of a build platform is open to, the worst first; null where there is none or the image is no build platform's.</summary>
    public static PlatformAdvisory? Of(WrittenImage image)
    {
        if (image.Tag is not { } tag || !s_images.TryGetValue(image.Repository, out var advisories) || Version(tag) is not { } version) return null;
        return advisories.FirstOrDefault(a => a.Ranges.Any(r => version >= Version(r.From)! && version < Version(r.Below)!));
    }

    /// <summary>The version at the front of a tag: <c>16.7.1-ce.0</c>, <c>2.426.2-lts-jdk17</c>. A tag with fewer than two numbers moves and says nothing.</summary>
    private static Version? Version(string tag)
    {
        var end = 0;
        while (end < tag.Length && (char.IsAsciiDigit(tag[end]) || tag[end] == '.')) end++;
        var parts = tag[..end].Split('.', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !parts.Take(3).All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _))) return null;
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), parts.Length > 2 ? int.Parse(parts[2], CultureInfo.InvariantCulture) : 0);
    }

    private static readonly PlatformAdvisory[] s_gitlab =
    [
        // about.gitlab.com/releases/2024/01/11/critical-security-release-gitlab-16-7-2-released
        new("CVE-2023-7028", "anyone can reset any account's password", [("16.1", "16.1.6"), ("16.2", "16.2.9"), ("16.3", "16.3.7"), ("16.4", "16.4.5"), ("16.5", "16.5.6"), ("16.6", "16.6.4"), ("16.7", "16.7.2")]),
        // about.gitlab.com/releases/2021/04/14/security-release-gitlab-13-10-3-released
        new("CVE-2021-22205", "anyone can run commands by an uploaded image", [("11.9", "13.8.8"), ("13.9", "13.9.6"), ("13.10", "13.10.3")]),
        // about.gitlab.com/releases/2024/06/26/patch-release-gitlab-17-1-1-released
        new("CVE-2024-5655", "a pipeline can be started as another user", [("15.8", "16.11.5"), ("17.0", "17.0.3"), ("17.1", "17.1.1")]),
    ];

    private static readonly PlatformAdvisory[] s_jenkins =
    [
        // jenkins.io/security/advisory/2024-01-24: weekly up to 2.441, LTS (which has a third number) up to 2.426.2
        new("CVE-2024-23897", "anyone can read files of the controller", [("1.0", "2.426.3"), .. Enumerable.Range(427, 15).Select(weekly => ($"2.{weekly}", $"2.{weekly}.1"))]),
    ];

    private static readonly PlatformAdvisory[] s_teamcity =
    [
        // jetbrains.com/privacy-security/issues-fixed: authentication bypass
        new("CVE-2024-27198", "anyone can become an administrator", [("1.0", "2023.11.4")]),
    ];

    private static readonly Dictionary<string, PlatformAdvisory[]> s_images = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gitlab/gitlab-ce"] = s_gitlab,
        ["gitlab/gitlab-ee"] = s_gitlab,
        ["jenkins/jenkins"] = s_jenkins,
        ["jetbrains/teamcity-server"] = s_teamcity,
    };
}
