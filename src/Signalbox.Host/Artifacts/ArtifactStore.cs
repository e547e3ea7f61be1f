using Signalbox.Delivery;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Artifacts;

/// <summary>Unpacked artifacts by digest, read-only. An artifact is there whole or not at all.</summary>
internal sealed class ArtifactStore
{
    private const string Unfinished = ".";

    private readonly string _root;
    private readonly Func<Stream, string, Digest, CancellationToken, Task> _unpack;
    private readonly Func<IEnumerable<string>> _usedByInstances;
    private readonly Action<string> _flush;
    private readonly Lock _lock = new();

    /// <param name="root"><see cref="Supervision.SupervisionPaths.Artifacts"/>; what an earlier host left unfinished in it is deleted.</param>
    /// <param name="unpack">Unpacks a tar into a directory that does not exist yet and verifies the digest, or throws.</param>
    /// <param name="usedByInstances">Artifact directories of the instances that live now.</param>
    /// <param name="flush">Brings what lies in a directory to the disk; null: <see cref="DiskFlush.FileSystem"/>.</param>
    public ArtifactStore(
        string root, Func<Stream, string, Digest, CancellationToken, Task> unpack, Func<IEnumerable<string>> usedByInstances, Action<string>? flush = null)
    {
        (_root, _unpack, _usedByInstances, _flush) = (root, unpack, usedByInstances, flush ?? DiskFlush.FileSystem);
        foreach (var left in Directory.GetDirectories(root, Unfinished + "*")) Delete(left);
    }

    public bool Has(Digest digest) => Directory.Exists(PathOf(digest));

    public string PathOf(Digest digest) => digest.Hex.Length == 64
        ? Path.Combine(_root, digest.Hex)
        : throw new ArgumentException("an empty digest names no artifact", nameof(digest));

    /// <summary>Whatever <c>unpack</c> throws comes through, and nothing is left of the artifact then.</summary>
    /// <returns>False where it was there already; the tar is not read then.</returns>
    public async Task<bool> PutAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        var path = PathOf(digest);
        if (Touch(path)) return false;
        var beside = Path.Combine(_root, $"{Unfinished}{digest.Hex}.{Guid.NewGuid():N}");
        try
        {
            await _unpack(tar, beside, digest, cancel);
            Seal(beside);
            // before it has its name: after a loss of power nothing cut short may lie under a digest
            _flush(beside);
            if (!MoveIn(beside, path)) return false;
            DiskFlush.Directory(_root);
            return true;
        }
        finally
        {
            Delete(beside);
        }
    }

    /// <summary>Deletes artifacts that neither a table nor a living instance uses, but for the last used of them.</summary>
    /// <param name="keepLast">How many unused ones stay, by when they were put or, at a collection, in use last.</param>
    /// <param name="spare">What was put within it stays whatever its number: the table that will name it may still be under way.</param>
    /// <returns>What was deleted.</returns>
    public IReadOnlyList<Digest> Collect(IReadOnlySet<Digest> inUse, int keepLast, TimeSpan spare = default)
    {
        lock (_lock)
        {
            var living = _usedByInstances().Select(Path.GetFullPath).ToHashSet();
            var all = Artifacts().ToLookup(a => inUse.Contains(a.Digest) || living.Contains(a.Directory.FullName));
            foreach (var used in all[true]) Directory.SetLastWriteTimeUtc(used.Directory.FullName, DateTime.UtcNow);
            var unused = all[false];
            var before = DateTime.UtcNow - spare;
            var old = unused.OrderByDescending(a => a.Directory.LastWriteTimeUtc).Skip(keepLast).Where(a => a.Directory.LastWriteTimeUtc <= before).ToList();
            foreach (var artifact in old) Remove(artifact.Directory.FullName);
            return [.. old.Select(a => a.Digest)];
        }
    }

    private IEnumerable<(Digest Digest, DirectoryInfo Directory)> Artifacts()
    {
        foreach (var directory in new DirectoryInfo(_root).GetDirectories())
            if (Digest.TryParse("sha256:" + directory.Name, out var digest)) yield return (digest, directory);
    }

    private bool Touch(string path)
    {
        lock (_lock)
        {
            if (!Directory.Exists(path)) return false;
            Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return true;
        }
    }

    private bool MoveIn(string beside, string path)
    {
        lock (_lock)
        {
            // another put of the same digest may have been quicker
            if (Directory.Exists(path)) return false;
            Directory.Move(beside, path);
            Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return true;
        }
    }

    /// <summary>Takes its name first, so that a kill in between leaves no half artifact under a digest.</summary>
    private void Remove(string path)
    {
        var gone = Path.Combine(_root, $"{Unfinished}{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        Directory.Move(path, gone);
        Delete(gone);
    }

    /// <summary>Nobody writes, everybody reads: the workload may have another user.</summary>
    private static void Seal(string directory)
    {
        foreach (var entry in Entries(directory)) File.SetUnixFileMode(entry.FullName, Readable(entry));
        // the root itself stays writable for its owner, since a directory that is not cannot be renamed by everyone
        File.SetUnixFileMode(directory, Readable(new DirectoryInfo(directory)) | UnixFileMode.UserWrite);
    }

    private static UnixFileMode Readable(FileSystemInfo entry)
    {
        const UnixFileMode read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var runs = entry is DirectoryInfo || (entry.UnixFileMode & UnixFileMode.UserExecute) != 0;
        return runs ? read | execute : read;
    }

    private static void Delete(string directory)
    {
        if (!Directory.Exists(directory)) return;
        try
        {
            foreach (var entry in Entries(directory))
                if (entry is DirectoryInfo) File.SetUnixFileMode(entry.FullName, entry.UnixFileMode | UnixFileMode.UserWrite);
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // it is gone, or going by another hand, which is what was wanted; the next start deletes any rest
        }
    }

    /// <summary>All below a directory, links not followed and left out.</summary>
    private static IEnumerable<FileSystemInfo> Entries(string directory) => new DirectoryInfo(directory)
        .EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = false,
        });
}
