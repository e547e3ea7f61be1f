using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Design;

/// <summary>Which version of a language a repository asks for.</summary>
internal static partial class LanguageVersions
{
    /// <summary>A version that was found.</summary>
    /// <param name="Version">As image tags have it: <c>22</c>, <c>3.12</c>.</param>
    /// <param name="Beyond">What is asked for, where the pinned image's release does not hold it: <c>1.24.9</c>, <c>>=24.12</c>; null where it does, or none is pinned.</param>
    public sealed record Found(Seen Version, string? Beyond);

    // newest first; supported in late 2026: nodejs.org/en/about/previous-releases, devguide.python.org/versions
    private static readonly string[] s_node = ["26", "24", "22"], s_python = ["3.14", "3.13", "3.12", "3.11"];

    private static readonly string[] s_oldNode = ["25", "23", "21", "20", "19", "18", "17", "16", "14", "12", "10"], s_oldPython = ["3.10", "3.9", "3.8", "3.7", "3.6"];

    // nodejs.org/en/about/previous-releases
    private static readonly Dictionary<string, string> s_codenames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["dubnium"] = "10",
        ["erbium"] = "12",
        ["fermium"] = "14",
        ["gallium"] = "16",
        ["hydrogen"] = "18",
        ["iron"] = "20",
        ["jod"] = "22",
        ["krypton"] = "24",
        ["*"] = "24",
    };

    /// <summary>Whether somebody mends it still; what is not known counts as mended.</summary>
    public static bool IsSupported(string tool, string version) => tool switch { "node" => !s_oldNode.Contains(version), "python" => !s_oldPython.Contains(version), _ => true };

    public static Found? Node(SourceTree tree, Seen? engines)
    {
        if ((tree.Read(".nvmrc") ?? tree.Read(".node-version"))?.Find(NodeRelease()) is { } hit)
        {
            var place = $"{hit.At.Path}:{hit.At.Line}";
            if (hit.Match.Groups["name"] is { Success: true } name) return s_codenames.TryGetValue(name.Value, out var named) ? new(new(named, place), null) : null;
            return Exact("node", hit.Match.Groups["release"].Value, 1, place);
        }
        return Delivered(tree, "node", engines, s_node) ?? (engines is null ? null : Within("node", engines, s_node, s_oldNode, python: false));
    }

    public static Found? Python(SourceTree tree, SourceFile? project)
    {
        if (tree.Read(".python-version")?.Find(PythonRelease()) is { } hit) return Exact("python", hit[1], 2, $"{hit.At.Path}:{hit.At.Line}");
        var range = project?.Find(RequiresPython()) is { } asked ? new Seen(asked[1], $"{asked.At.Path}:{asked.At.Line}") : null;
        return Delivered(tree, "python", range, s_python) ?? (range is null ? null : Within("python", range, s_python, s_oldPython, python: true));
    }

    /// <summary>The version that the Dockerfile runs, which is what should be tested, where the range takes it and it is mended still; null else.</summary>
    private static Found? Delivered(SourceTree tree, string tool, Seen? range, string[] supported)
    {
        if (tree.Read("Dockerfile") is not { } file) return null;
        var images = file.Text.Split('\n').Select((line, at) => (Match: BaseImage().Match(line), Line: at + 1)).Where(f => f.Match.Success && f.Match.Groups["tool"].Value == tool).ToList();
        if (images is not [.., var last]) return null;
        var version = string.Join('.', last.Match.Groups["release"].Value.Split('.').Take(tool == "node" ? 1 : 2));
        return supported.Contains(version) && (range is null || VersionRange.Takes(range.Value, PinnedImages.Release(tool, version) ?? [.. Numbers(version), VersionRange.Newest, VersionRange.Newest], tool == "python"))
            ? new(new(version, $"{file.Path}:{last.Line}"), null) : null;
    }

    [GeneratedRegex(@"^\s*FROM\s+(?:--platform=\S+\s+)?(?:docker\.io/)?(?:library/)?(?<tool>node|python):(?<release>\d{1,3}(?:\.\d{1,3}){0,2})(?![\d.])", RegexOptions.IgnoreCase)]
    private static partial Regex BaseImage();

    public static Found? Go(SourceFile file) => file.Find(GoRelease()) is { } hit ? Exact("go", hit[1], 2, $"{hit.At.Path}:{hit.At.Line}") : null;

    public static Found? Dotnet(SourceFile? global) => global?.Find(SdkRelease()) is { } hit ? Exact("dotnet", hit[1], 2, $"{hit.At.Path}:{hit.At.Line}") : null;

    /// <param name="parts">How many parts an image's tag has.</param>
    private static Found Exact(string tool, string release, int parts, string place)
    {
        var version = string.Join('.', release.Split('.').Take(parts));
        return new(new(version, place), PinnedImages.Release(tool, version) is { } pinned && Order(pinned, Numbers(release)) < 0 ? release : null);
    }

    /// <summary>The newest within a range for which an image is pinned here; else the newest that is mended; else the newest at all.</summary>
    private static Found? Within(string tool, Seen range, string[] supported, string[] old, bool python)
    {
        var pinned = supported.FirstOrDefault(v => PinnedImages.Release(tool, v) is { } release && VersionRange.Takes(range.Value, release, python));
        var any = pinned ?? supported.Concat(old).FirstOrDefault(v => VersionRange.Takes(range.Value, [.. Numbers(v), VersionRange.Newest, VersionRange.Newest], python))
            // only older releases of it than the newest
            ?? supported.Concat(old).FirstOrDefault(v => Lower(range.Value, python, v));
        return any is null ? null : new(new(any, range.Place), pinned is null && PinnedImages.Release(tool, any) is not null ? range.Value : null);
    }

    private static bool Lower(string range, bool python, string version) => Enumerable.Range(0, 60).Any(next => VersionRange.Takes(range, [.. Numbers(version), next, next], python) || VersionRange.Takes(range, [.. Numbers(version), next, 0], python));

    public static int[] Numbers(string release) => [.. release.Split('.').Select(p => int.Parse(p, NumberStyles.None, CultureInfo.InvariantCulture))];

    public static int Order(int[] one, int[] other) => one.Zip(other).Select(p => p.First.CompareTo(p.Second)).FirstOrDefault(o => o != 0);

    [GeneratedRegex(@"^\s*(?:lts/(?<name>\*|[a-zA-Z]+)|v?(?<release>\d{1,4}(?:\.\d{1,4}){0,2}))")]
    private static partial Regex NodeRelease();

    [GeneratedRegex(@"^\s*(\d\.\d{1,4}(?:\.\d{1,4})?)")]
    private static partial Regex PythonRelease();

    [GeneratedRegex("""^\s*(?:requires-python|python)\s*=\s*["']([^"']+)["']""")]
    private static partial Regex RequiresPython();

    [GeneratedRegex(@"^go\s+(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)")]
    private static partial Regex GoRelease();

    [GeneratedRegex("""^\s*(?:\{\s*)?(?:"sdk"\s*:\s*\{\s*)?"version"\s*:\s*"(\d{1,4}\.\d{1,4}(?:\.\d{1,4})?)""")]
    private static partial Regex SdkRelease();
}
