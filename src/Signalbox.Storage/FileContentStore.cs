using System.Security.Cryptography;
using Signalbox.Delivery;
using Signalbox.Evidence;

namespace Signalbox.Storage;

/// <summary>
/// Content in files named by their digest, mode 0600 in directories 0700: written beside, synced, renamed, the directory
/// synced. A crash leaves the whole file or none; what was left beside is removed at the next start.
/// </summary>
public sealed class FileContentStore : IContentStore
{
    /// <summary>Most bytes of all content together; past it nothing is taken in, so that uploads cannot fill the ledger's disk.</summary>
    public const long DefaultCapacity = 20L << 30;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _root;
    private readonly string _incoming;
    private readonly long _capacity;
    private long _used;

    private FileContentStore(string root, long capacity)
    {
        (_root, _incoming, _capacity) = (root, Path.Combine(root, "incoming"), capacity);
        MakeDirectory(root);
        MakeDirectory(_incoming);
        foreach (var left in Directory.EnumerateFiles(_incoming)) File.Delete(left);
        _used = new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
    }

    /// <exception cref="StorageException">The directory cannot be made or read.</exception>
    public static FileContentStore Open(StateDirectory state, long capacity = DefaultCapacity)
    {
        var root = Path.Combine(state.Root, "content");
        try
        {
            return new(root, capacity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException("content-store-unusable", $"{root} cannot be used: {e.Message}", $"ls -ld {root}", e);
        }
    }

    public async Task<StoredContent> AddAsync(Stream content, long most, CancellationToken cancel)
    {
        var beside = Path.Combine(_incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var stored = await WriteAsync(beside, content, most, cancel).ConfigureAwait(false);
            Keep(beside, stored);
            return stored;
        }
        finally
        {
            File.Delete(beside);
        }
    }

    public Stream? Open(Digest digest)
    {
        try
        {
            return new FileStream(PathOf(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task<StoredContent> WriteAsync(string path, Stream content, long most, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner };
        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            var (buffer, size) = (new byte[81920], 0L);
            for (int read; (read = await content.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
            {
                size += read;
                if (size > most) throw new ContentRefusedException("content-too-large", $"the content has more than {most:N0} bytes; expected at most that");
                if (Interlocked.Read(ref _used) + size > _capacity)
                    throw new ContentRefusedException("content-store-full", $"the content store holds its {_capacity:N0} bytes; nothing more is taken in");
                hash.AppendData(buffer.AsSpan(0, read));
                await file.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            }
            file.Flush(flushToDisk: true);
            return new(Digest.FromHash(hash.GetHashAndReset()), size);
        }
    }

    /// <summary>A file that is there already has the same content: its name is the digest.</summary>
    private void Keep(string beside, StoredContent stored)
    {
        var path = PathOf(stored.Digest);
        // one of another size was damaged, and is replaced
        if (File.Exists(path) && new FileInfo(path).Length == stored.Size) return;
        MakeDirectory(Path.GetDirectoryName(path)!);
        File.Move(beside, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        Posix.SyncDirectory(_root);
        Interlocked.Add(ref _used, stored.Size);
    }

    private string PathOf(Digest digest) => Path.Combine(_root, digest.Hex[..2], digest.Hex);

    private static void MakeDirectory(string path) => Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
}
