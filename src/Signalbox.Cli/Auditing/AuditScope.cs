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
    public static bool IsMany(IReadOnlyList<string> paths) => Distinct(paths).Skip(1).Any() && !paths.Any(IsPart);

    /// <summary>Each place once, as it was named first.</summary>
    public static IEnumerable<string> Distinct(IEnumerable<string> paths) => paths.DistinctBy(Full);

    /// <exception cref="SignalboxException">A path names nothing, or they lie in several repositories; exit code 3 or 2.</exception>
    public static AuditScope Of(IReadOnlyList<string> paths)
    {
        string[] distinct = [.. Distinct(paths)];
        if (distinct is [var only] && !IsPart(only)) return new(Folder(only), []);
        foreach (var path in distinct.Where(p => !File.Exists(p))) Folder(path);
        string[] roots = [.. distinct.Select(Full).Select(RootOf).Distinct(StringComparer.Ordinal)];
        if (roots is not [var root])
            throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"{distinct[0]} and {distinct[1]} are not of one repository; expected files and folders of one, or folders that are repositories", new("command line"), $"signalbox audit {distinct[0]}"));
        string[] parts = [.. distinct.Select(p => Path.GetRelativePath(root, Full(p)).Replace(Path.DirectorySeparatorChar, '/'))];
        return new(root, parts.Contains(".") ? [] : parts);
    }

    /// <exception cref="SignalboxException">There is no such folder; exit code 3.</exception>
    public static string Folder(string path) => Directory.Exists(path) ? path : throw new SignalboxException(ExitCode.Undecided, Finding.Error(
        "audit-path", $"there is no folder {path}; expected a repository", new("command line"), "signalbox audit ."));

    /// <summary>Whether any place of a finding is asked about. What cannot be read may belong to it.</summary>
    public bool Concerns(AuditFinding finding) => Parts.Count == 0 || finding.Rule == BrokenFile.Info || finding.Locations.Any(l => Holds(l.Path));

    /// <summary>Whether a file is asked about.</summary>
    public bool Holds(string path) => Parts.Count == 0 || Parts.Any(p => Holds(p, path));

    /// <summary>The parts in which nothing was read: an audit says nothing about them.</summary>
    public IEnumerable<string> Unread(IReadOnlyList<string> read) => Parts.Where(p => !read.Any(r => Holds(p, r)));

    private static bool Holds(string part, string path) => path == part || path.StartsWith(part + "/", StringComparison.Ordinal);

    private static bool IsPart(string path) => File.Exists(path) || path.Length > 0 && Around(Full(path)) is not null;

    /// <summary>The path from the file system's root; of a link, what it leads to.</summary>
    private static string Full(string path)
    {
        if (path.Length == 0) return path;
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        FileSystemInfo info = Directory.Exists(full) ? new DirectoryInfo(full) : new FileInfo(full);
        return info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target ? target.FullName : full;
    }

    /// <summary>The platform's folder's own, else the repository of Git around it, else the folder itself.</summary>
    private static string RootOf(string full)
    {
        if (Around(full) is { } around) return around;
        var folder = File.Exists(full) ? Path.GetDirectoryName(full)! : full;
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
            if (IsRepository(above)) return above;
        return folder;
    }

    /// <summary>The folder that a platform's own folder lies in, where the path is such a folder or below one; null else. A repository may have such a name, or lie below one, too.</summary>
    private static string? Around(string full)
    {
        for (var at = full; Path.GetDirectoryName(at) is { } above && !(Directory.Exists(at) && IsRepository(at)); at = above)
            if (s_platforms.Contains(Path.GetFileName(at)) && Directory.Exists(at)) return above;
        return null;
    }

    private static bool IsRepository(string folder) => Path.Exists(Path.Combine(folder, ".git"));
}
