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

    /// <summary>One part in so many is for what the control plane itself makes: decisions and approvals. Evidence, and what was read from it, has the rest.</summary>
    private const int ReservedPart = 20;

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

    /// <summary>Bytes that are there, kept or coming in.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Most bytes of all content together.</summary>
    public long Capacity => _capacity;

    public async Task<IReceivedContent> ReceiveAsync(Stream content, long most, CancellationToken cancel) =>
        await ReceiveAsync(content, most, _capacity - (_capacity / ReservedPart), cancel).ConfigureAwait(false);

    public async Task<StoredContent> AddAsync(byte[] content, CancellationToken cancel)
    {
        using var received = await ReceiveAsync(new MemoryStream(content, writable: false), content.LongLength, _capacity, cancel).ConfigureAwait(false);
        received.Keep();
        return received.Content;
    }

    /// <summary>Removes what nothing names: for a start, before anything comes in.</summary>
    /// <returns>Bytes that were freed.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public long Collect(Func<Digest, bool> isNamed)
    {
        var before = Used;
        foreach (var file in new DirectoryInfo(_root).EnumerateDirectories().Where(folder => folder.FullName != _incoming).SelectMany(folder => folder.EnumerateFiles()))
            if (Digest.TryParse($"sha256:{file.Name}", out var digest) && !isNamed(digest))
            {
                Interlocked.Add(ref _used, -file.Length);
                file.Delete();
            }
        return before - Used;
    }

    private async Task<Received> ReceiveAsync(Stream content, long most, long capacity, CancellationToken cancel)
    {
        var (beside, written) = (Path.Combine(_incoming, Guid.NewGuid().ToString("N")), new long[1]);
        try
        {
            return new(this, beside, await WriteAsync(beside, content, most, capacity, written, cancel).ConfigureAwait(false));
        }
        catch
        {
            Discard(beside, written[0]);
            throw;
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

    /// <param name="written">Gets the bytes that count as used, also where it ends early.</param>
    private async Task<StoredContent> WriteAsync(string path, Stream content, long most, long capacity, long[] written, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Owner };
        var file = new FileStream(path, options);
        await using (file.ConfigureAwait(false))
        {
            var buffer = new byte[81920];
            for (int read; (read = await content.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
            {
                written[0] += read;
                // what comes in at the same time counts too
                var used = Interlocked.Add(ref _used, read);
                if (written[0] > most) throw new ContentRefusedException("content-too-large", $"the content has more than {most:N0} bytes; expected at most that");
                if (used > capacity)
                    throw new ContentRefusedException(ContentRefusedException.Full, $"the content store holds {used - written[0]:N0} bytes of the {capacity:N0} that it may; nothing more is taken in");
                hash.AppendData(buffer.AsSpan(0, read));
                await file.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            }
            file.Flush(flushToDisk: true);
            return new(Digest.FromHash(hash.GetHashAndReset()), written[0]);
        }
    }

    /// <summary>A file that is there already has the same content, unless it was damaged: then it is replaced.</summary>
    private void Keep(string beside, StoredContent stored)
    {
        var path = PathOf(stored.Digest);
        var there = new FileInfo(path);
        if (there.Exists && there.Length == stored.Size && IsWhole(path, stored.Digest))
        {
            Discard(beside, stored.Size);
            return;
        }
        if (there.Exists) Interlocked.Add(ref _used, -there.Length);
        MakeDirectory(Path.GetDirectoryName(path)!);
        File.Move(beside, path, overwrite: true);
        Posix.SyncDirectory(Path.GetDirectoryName(path)!);
        Posix.SyncDirectory(_root);
    }

    private static bool IsWhole(string path, Digest digest)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return Digest.FromHash(SHA256.HashData(file)) == digest;
    }

    private void Discard(string beside, long size)
    {
        File.Delete(beside);
        Interlocked.Add(ref _used, -size);
    }

    private sealed class Received(FileContentStore store, string beside, StoredContent content) : IReceivedContent
    {
        private bool _kept;

        public StoredContent Content => content;

        public Stream Open() => _kept
            ? store.Open(content.Digest) ?? throw new IOException($"content {content.Digest} is gone")
            : new FileStream(beside, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

        public void Keep()
        {
            if (_kept) return;
            store.Keep(beside, content);
            _kept = true;
        }

        public void Dispose()
        {
            if (_kept) return;
            store.Discard(beside, content.Size);
            _kept = true;
        }
    }

    private string PathOf(Digest digest) => Path.Combine(_root, digest.Hex[..2], digest.Hex);

    private static void MakeDirectory(string path) => Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
}
