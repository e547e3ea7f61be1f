using Signalbox.Audit;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Auditing;

/// <summary>What of which repository is audited. A platform's own folder and a single file mean nothing without their repository: all of that is read, and what concerns them is shown.</summary>
/// <param name="Root">The repository, as it was named where it was.</param>
/// <param name="Parts">Files and folders within it, from the root with forward slashes; empty for all of it.</param>
internal sealed record AuditScope(string Root, IReadOnlyList<string> Parts)
{
    // folders that a platform looks for at a repository's root
    private static readonly string[] s_platforms = [".github", ".gitlab"];

    /// <summary>Whether paths name several repositories, and not parts of one.</summary>
    public static bool IsMany(IReadOnlyList<string> paths) => paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Skip(1).Any() && paths.All(p => Around(p) is null && !File.Exists(p));

    /// <exception cref="SignalboxException">A path names nothing, or they lie in several repositories; exit code 3 or 2.</exception>
    public static AuditScope Of(IReadOnlyList<string> paths)
    {
        string[] distinct = [.. paths.DistinctBy(Path.GetFullPath)];
        if (distinct is [var only] && Around(only) is null && !File.Exists(only)) return new(Folder(only), []);
        foreach (var path in distinct.Where(p => !File.Exists(p))) Folder(path);
        string[] roots = [.. distinct.Select(RootOf).Distinct(StringComparer.Ordinal)];
        if (roots is not [var root])
            throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"{distinct[0]} and {distinct[1]} are not of one repository; expected files and folders of one, or folders that are repositories", new("command line"), $"signalbox audit {distinct[0]}"));
        return new(root, [.. distinct.Select(p => Path.GetRelativePath(root, Path.GetFullPath(p)).Replace(Path.DirectorySeparatorChar, '/')).Where(p => p != ".")]);
    }

    /// <exception cref="SignalboxException">There is no such folder; exit code 3.</exception>
    public static string Folder(string path) => Directory.Exists(path) ? path : throw new SignalboxException(ExitCode.Undecided, Finding.Error(
        "audit-path", $"there is no folder {path}; expected a repository", new("command line"), "signalbox audit ."));

    /// <summary>Whether any place of a finding is asked about.</summary>
    public bool Concerns(AuditFinding finding) =>
        Parts.Count == 0 || finding.Locations.Any(l => Parts.Any(p => l.Path == p || l.Path.StartsWith(p + "/", StringComparison.Ordinal)));

    private static string RootOf(string path)
    {
        var full = Path.GetFullPath(path);
        if (Around(full) is { } around) return around;
        if (!File.Exists(full)) return full;
        var folder = Path.GetDirectoryName(full)!;
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
            if (Path.Exists(Path.Combine(above, ".git"))) return above;
        return folder;
    }

    /// <summary>The folder that a platform's own folder lies in, where the path is such a folder or below one; null else. A repository may have such a name, too.</summary>
    private static string? Around(string path)
    {
        for (var at = Path.GetFullPath(path); Path.GetDirectoryName(at) is { } above; at = above)
            if (s_platforms.Contains(Path.GetFileName(at.TrimEnd(Path.DirectorySeparatorChar))) && Directory.Exists(at) && !Path.Exists(Path.Combine(at, ".git"))) return above;
        return null;
    }
}
