using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local.Caching;

/// <summary>The files that jobs read: those that Git does not ignore and that no job makes. What a job makes counts through the digest of what it made.</summary>
internal sealed class SourceFiles
{
    private readonly FileDigests _digests;
    private readonly string[] _paths;
    private readonly HashSet<string> _listed;
    private readonly ILookup<string, PathGlob> _made;
    private readonly ConcurrentDictionary<string, Lazy<InputSet>> _sets = new(StringComparer.Ordinal);

    /// <param name="paths">Relative, with forward slashes, in any order.</param>
    /// <param name="made">What the jobs of the pipeline make.</param>
    public SourceFiles(FileDigests digests, IEnumerable<string> paths, IReadOnlyList<PathGlob> made)
    {
        _digests = digests;
        _made = made.ToLookup(glob => string.Join('/', glob.Fixed), StringComparer.Ordinal);
        _listed = [.. paths.Where(path => !IsOwn(path))];
        _paths = [.. _listed.Where(path => !MadeBy(path).Any())];
        Array.Sort(_paths, StringComparer.Ordinal);
    }

    /// <param name="patterns">Null: all of them.</param>
    /// <exception cref="IOException">One cannot be read.</exception>
    public InputSet Of(IReadOnlyList<string>? patterns) =>
        _sets.GetOrAdd(patterns is null ? "" : string.Join('\0', patterns) + "\0", _ => new(() => Make(patterns))).Value;

    /// <summary>Whether a file that a job makes is nobody else's: Git ignores it, and no other job makes it.</summary>
    /// <param name="outputs">The job's patterns.</param>
    public bool IsOnlyMadeBy(IReadOnlyList<string> outputs, string path) =>
        !_listed.Contains(path) && MadeBy(path).All(glob => outputs.Contains(glob.Text));

    /// <summary>Whether a set's files are still what they were when they were read.</summary>
    public bool AreUnchanged(InputSet set) => set.Files.All(file => Look(file.Path) is var (stat, digest, _) && stat == file.Stat && digest == file.Digest);

    private InputSet Make(IReadOnlyList<string>? patterns)
    {
        var files = new List<(string Path, FileStat Stat, Digest Digest)>();
        string? unseen = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> paths = patterns is null ? _paths : Chosen(patterns);
        foreach (var path in paths)
            if (Look(path) is var (stat, digest, isWhole))
            {
                files.Add((path, stat, digest));
                if (!isWhole) unseen ??= path;
                hash.AppendData(Encoding.UTF8.GetBytes($"{digest.Hex} {(stat.Executable ? 'x' : '-')} {path}\n"));
            }
        return new(files, Digest.FromHash(hash.GetHashAndReset()), unseen);
    }

    /// <summary>A file, or a link; one that leads out counts with what it leads to, for whoever reads it reads that. What lies within is listed by itself.</summary>
    /// <returns>Null where there is neither; not whole where a link leads to something outside that has no content of its own, such as a directory.</returns>
    private (FileStat Stat, Digest Digest, bool IsWhole)? Look(string path)
    {
        if (_digests.Of(path) is not var (stat, digest)) return null;
        if (stat.Kind != FileKind.Link) return (stat, digest, true);
        var target = End(path);
        if (target is null || target == _digests.Root || target.StartsWith(_digests.Root + "/", StringComparison.Ordinal) || _digests.StatOf(target) is not { } there) return (stat, digest, true);
        if (there.Kind != FileKind.File) return (stat, digest, false);
        return (stat, Digest.Of(Encoding.UTF8.GetBytes($"{digest.Hex} {FileDigests.OfContent(target).Hex} {(there.Executable ? 'x' : '-')}")), true);
    }

    /// <summary>Where a link leads in the end; null where it goes round.</summary>
    private string? End(string path)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(_digests.Root, path), returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private SortedSet<string> Chosen(IReadOnlyList<string> patterns)
    {
        var outs = patterns.Where(pattern => pattern[0] == '!').Select(pattern => PathGlob.Parse(pattern[1..])).ToList();
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var glob in patterns.Where(pattern => pattern[0] != '!').Select(PathGlob.Parse))
            foreach (var path in Under(glob))
                if (!outs.Any(excluded => excluded.Matches(path))) chosen.Add(path);
        return chosen;
    }

    private IEnumerable<string> Under(PathGlob glob)
    {
        var prefix = string.Join('/', glob.Fixed);
        // what is named outright counts although Git ignores it
        if (glob.IsLiteral && _digests.StatOf(prefix) is { Kind: FileKind.File or FileKind.Link } && !MadeBy(prefix).Any()) yield return prefix;
        var below = prefix.Length == 0 ? "" : prefix + "/";
        var at = Array.BinarySearch(_paths, below, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < _paths.Length && _paths[at].StartsWith(below, StringComparison.Ordinal); at++)
            if (glob.IsLiteral || glob.Matches(_paths[at])) yield return _paths[at];
    }

    /// <summary>The patterns of what jobs make that mean a file. Thousands of jobs have thousands: only those that begin on the way to it are looked at.</summary>
    private IEnumerable<PathGlob> MadeBy(string path)
    {
        for (var end = path.Length; ; end = path.LastIndexOf('/', end - 1))
        {
            foreach (var glob in _made[end < 0 ? "" : path[..end]])
                if (glob.Matches(path)) yield return glob;
            if (end <= 0) yield break;
        }
    }

    /// <summary>Signalbox's and Git's, which no job reads or makes.</summary>
    public static bool IsOwn(string path) => path.StartsWith(".signalbox/", StringComparison.Ordinal) || path.StartsWith(".git/", StringComparison.Ordinal);
}

/// <param name="Digest">Of names, content and who may execute.</param>
/// <param name="Unseen">A link to what is not looked at, so that nothing is known of its changes; null where there is none.</param>
internal sealed record InputSet(IReadOnlyList<(string Path, FileStat Stat, Digest Digest)> Files, Digest Digest, string? Unseen);
