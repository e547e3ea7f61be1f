using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local.Caching;

/// <summary>
/// Digests of files below a directory, each read once for as long as it is the same file: size, inode and both times are as they
/// were. What changed just before it was looked at is read again the next time, for a second change may have the same time: two
/// seconds from run to run, the kernel's tick within one.
/// </summary>
/// <param name="root">An absolute path.</param>
/// <param name="index">Where the digests are kept from run to run. One that is damaged is as none.</param>
internal sealed class FileDigests(string root, string index, IFileStats stats, TimeProvider time)
{
    private const string Header = "signalbox-index 2";

    /// <summary>The coarsest time that a file system gives (FAT).</summary>
    private const long Racy = 2_000_000_000;

    /// <summary>The kernel gives files the time of its last tick, which may be 10 ms ago (CONFIG_HZ=100); twice that.</summary>
    private const long Tick = 20_000_000;

    private readonly ConcurrentDictionary<string, Known> _known = new(Read(index));
    private volatile bool _changed;

    public string Root => root;

    public FileStat? StatOf(string path) => stats.Of(Path.Combine(root, path));

    /// <param name="path">Relative to the root: a file, or a link, whose digest is that of its target's name.</param>
    /// <returns>Null where it is not there, or is neither.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public (FileStat Stat, Digest Digest)? Of(string path)
    {
        var looked = Now();
        if (StatOf(path) is not { Kind: FileKind.File or FileKind.Link } stat) return null;
        if (_known.TryGetValue(path, out var known) && known.Stat == stat && known.IsOlderBy(Tick)) return (stat, known.Digest);
        var digest = stat.Kind == FileKind.Link ? Digest.Of(Encoding.UTF8.GetBytes("link " + LinkOf(path))) : OfContent(Path.Combine(root, path));
        Learn(path, stat, digest, looked);
        return (stat, digest);
    }

    /// <summary>Takes the word of who has just written it.</summary>
    public void Learn(string path, FileStat stat, Digest digest) => Learn(path, stat, digest, Now());

    private void Learn(string path, FileStat stat, Digest digest, long looked)
    {
        _known[path] = new(stat, digest, looked);
        _changed = true;
    }

    /// <summary>In nanoseconds since 1970.</summary>
    public long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    public string LinkOf(string path) => new FileInfo(Path.Combine(root, path)).LinkTarget ?? "";

    public static Digest OfContent(string file)
    {
        using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        return Digest.FromHash(SHA256.HashData(content));
    }

    /// <summary>Keeps what is known for the next run; whole or not at all.</summary>
    public void Save()
    {
        if (!_changed) return;
        var text = new StringBuilder(Header).Append('\n');
        foreach (var (path, known) in _known)
            if (known.IsOlderBy(Racy) && !path.Contains('\n'))
                text.Append(CultureInfo.InvariantCulture, $"{known.Digest.Hex} {(int)known.Stat.Kind} {known.Stat.Size} {known.Stat.ModifiedNs} {known.Stat.ChangedNs} {known.Stat.Inode} {(int)known.Stat.Mode} {path}\n");
        AtomicFile.Write(index, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Dictionary<string, Known> Read(string index)
    {
        var known = new Dictionary<string, Known>(StringComparer.Ordinal);
        if (!File.Exists(index)) return known;
        var first = true;
        foreach (var line in File.ReadLines(index))
        {
            if (first && line != Header) return known;
            if (!first && Parse(line) is var (path, stat, digest)) known[path] = new(stat, digest, long.MaxValue);
            first = false;
        }
        return known;
    }

    private static (string Path, FileStat Stat, Digest Digest)? Parse(string line)
    {
        var fields = line.Split(' ', 8);
        if (fields.Length != 8 || !Digest.TryParse("sha256:" + fields[0], out var digest)) return null;
        var numbers = new long[4];
        for (var i = 0; i < 4; i++)
            if (!long.TryParse(fields[i + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])) return null;
        if (!ulong.TryParse(fields[5], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)) return null;
        if (!int.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var mode)) return null;
        return (fields[7], new((FileKind)numbers[0], numbers[1], numbers[2], numbers[3], inode, (UnixFileMode)mode), digest);
    }

    /// <summary>Whether what is told of a file is older than a moment by so much that whatever changed it since has another time.</summary>
    /// <param name="nanoseconds">The moment, since 1970.</param>
    public static bool IsOlder(FileStat stat, long nanoseconds) => stat.ModifiedNs < nanoseconds - Tick && stat.ChangedNs < nanoseconds - Tick;

    /// <param name="LookedNs">When, before the content was read; in nanoseconds since 1970.</param>
    private readonly record struct Known(FileStat Stat, Digest Digest, long LookedNs)
    {
        /// <summary>Whether the file was left alone for so long before it was looked at: then whatever changes it has another time.</summary>
        public bool IsOlderBy(long nanoseconds) => Stat.ModifiedNs < LookedNs - nanoseconds && Stat.ChangedNs < LookedNs - nanoseconds;
    }
}
