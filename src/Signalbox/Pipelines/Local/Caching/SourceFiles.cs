using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local.Caching;

/// <summary>The files that jobs read: those that Git does not ignore and that no job makes. What a job makes counts through the digest of what it made.</summary>
internal sealed class SourceFiles
{
    private readonly FileDigests _digests;
    private readonly ILookup<string, PathGlob> _made;
    private readonly Func<SourceListing>? _again;
    private readonly Lock _lock = new();

    /// <summary>As long as nothing writes: by their patterns.</summary>
    private readonly ConcurrentDictionary<string, Lazy<InputSet>> _sets = new(StringComparer.Ordinal);
    private Listing _listing;
    private volatile bool _mayChange;

    /// <param name="paths">Relative, with forward slashes, in any order.</param>
    /// <param name="made">What the jobs of the pipeline make.</param>
    /// <param name="again">Lists them as they are then; null where they stay.</param>
    public SourceFiles(FileDigests digests, IEnumerable<string> paths, IReadOnlyList<PathGlob> made, Func<SourceListing>? again = null)
    {
        (_digests, _again) = (digests, again);
        _made = made.ToLookup(glob => string.Join('/', glob.Fixed), StringComparer.Ordinal);
        // when they were listed only the caller knows
        _listing = List(new([.. paths], []), atNs: 0);
    }

    /// <summary>A job begins, which may write what others read: from now on everything is looked at again each time that it is asked for.</summary>
    public void MayChange() => _mayChange = true;

    /// <param name="patterns">Null: all of them.</param>
    /// <returns>The files as they are now.</returns>
    /// <exception cref="IOException">One cannot be read.</exception>
    public InputSet Of(IReadOnlyList<string>? patterns)
    {
        if (_mayChange && patterns is not []) return Make(Current(), patterns);
        return _sets.GetOrAdd(patterns is null ? "" : string.Join('\0', patterns) + "\0", _ => new(() => Make(_listing, patterns))).Value;
    }

    /// <summary>Whether a file that a job makes is nobody else's: Git ignores it, and no other job makes it.</summary>
    /// <param name="outputs">The job's patterns.</param>
    public bool IsOnlyMadeBy(IReadOnlyList<string> outputs, string path) =>
        !_listing.All.Contains(path) && MadeBy(path).All(glob => outputs.Contains(glob.Text));

    /// <summary>Whether a set's files are still what they were when they were read.</summary>
    public bool AreUnchanged(InputSet set) => set.Files.All(file => Look(file.Path) is var (stat, digest, _) && stat == file.Stat && digest == file.Digest);

    private Listing List(SourceListing listed, long atNs)
    {
        HashSet<string> all = [.. listed.Files.Where(path => !IsOwn(path))];
        string[] sources = [.. all.Where(path => !MadeBy(path).Any())];
        Array.Sort(sources, StringComparer.Ordinal);
        return new(atNs, all, sources, listed.Deciding);
    }

    private Listing Current()
    {
        if (_again is null) return _listing;
        lock (_lock)
        {
            if (_listing.Holds(_digests)) return _listing;
            var now = _digests.Now();
            return _listing = List(_again(), now);
        }
    }

    private InputSet Make(Listing listing, IReadOnlyList<string>? patterns)
    {
        var files = new List<(string Path, FileStat Stat, Digest Digest)>();
        string? unseen = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IEnumerable<string> paths = patterns is null ? listing.Sources : Chosen(listing, patterns);
        foreach (var path in paths)
            if (IsNameless(path)) unseen ??= $"{path} has a name that is not UTF-8, by which it is not found";
            else if (Look(path) is var (stat, digest, isWhole))
            {
                files.Add((path, stat, digest));
                if (!isWhole) unseen ??= $"{path} leads to what is not looked at";
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

    private SortedSet<string> Chosen(Listing listing, IReadOnlyList<string> patterns)
    {
        var outs = patterns.Where(pattern => pattern[0] == '!').Select(pattern => PathGlob.Parse(pattern[1..])).ToList();
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var glob in patterns.Where(pattern => pattern[0] != '!').Select(PathGlob.Parse))
            foreach (var path in Under(listing, glob))
                if (!outs.Any(excluded => excluded.Matches(path))) chosen.Add(path);
        return chosen;
    }

    private IEnumerable<string> Under(Listing listing, PathGlob glob)
    {
        var prefix = string.Join('/', glob.Fixed);
        // what is named outright counts although Git ignores it
        if (glob.IsLiteral && _digests.StatOf(prefix) is { Kind: FileKind.File or FileKind.Link } && !MadeBy(prefix).Any()) yield return prefix;
        var below = prefix.Length == 0 ? "" : prefix + "/";
        var sources = listing.Sources;
        var at = Array.BinarySearch(sources, below, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < sources.Length && sources[at].StartsWith(below, StringComparison.Ordinal); at++)
            if (glob.IsLiteral || glob.Matches(sources[at])) yield return sources[at];
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

    /// <summary>Whether a path was read from bytes that are no text: by what stands for them the file is not found.</summary>
    public static bool IsNameless(string path) => path.Contains('\uFFFD');

    /// <param name="AtNs">Before it was made, in nanoseconds since 1970.</param>
    /// <param name="All">Also those that a job makes.</param>
    /// <param name="Sources">In order.</param>
    /// <param name="Deciding">As <see cref="SourceListing"/> has it.</param>
    private sealed record Listing(long AtNs, HashSet<string> All, string[] Sources, IReadOnlyList<string> Deciding)
    {
        private readonly Lazy<IReadOnlyList<string>> _looked = new(() => [.. SourceListing.FoldersOf(All), .. Deciding]);

        /// <summary>Whether nothing was added to a folder, or taken from it, since, and nothing else decides anew. Where that may have been in the same tick of the clock it is listed again.</summary>
        public bool Holds(FileDigests digests) => _looked.Value.All(path => digests.StatOf(path) is { } stat && FileDigests.IsOlder(stat, AtNs));
    }
}

/// <param name="Files">Relative, with forward slashes, in any order.</param>
/// <param name="Deciding">What else is there whose change may change which files these are: folders that hold none of them, and files that say what is ignored.</param>
internal sealed record SourceListing(IReadOnlyList<string> Files, IReadOnlyList<string> Deciding)
{
    /// <summary>The folders that files lie in, at whatever depth; "" for the root.</summary>
    public static HashSet<string> FoldersOf(IEnumerable<string> files)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (var path in files)
            for (var end = path.LastIndexOf('/'); end > 0 && folders.Add(path[..end]);) end = path.LastIndexOf('/', end - 1);
        return folders;
    }
}

/// <param name="Digest">Of names, content and who may execute.</param>
/// <param name="Unseen">What is not looked at, so that nothing is known of its changes, in words; null where there is none.</param>
internal sealed record InputSet(IReadOnlyList<(string Path, FileStat Stat, Digest Digest)> Files, Digest Digest, string? Unseen);
