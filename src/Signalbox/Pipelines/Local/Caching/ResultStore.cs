using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local.Caching;

/// <summary>What a job made, by its key.</summary>
/// <param name="Log">Of its output; null where it printed nothing.</param>
internal sealed record CachedResult(string Job, Digest Made, TimeSpan Took, Digest? Log, IReadOnlyList<OutputFile> Files)
{
    /// <summary>The one directory that it is for, because its files name it; null for any.</summary>
    public string? Directory { get; init; }
}

/// <summary>
/// Results and their files, by digest, in one directory that several runs may use at once. Everything is written beside its place
/// and renamed. What is damaged is not there: an entry names its own digest, a file is compared while it is copied.
/// </summary>
internal sealed class ResultStore(string directory, IFileStats stats)
{
    public const long DefaultMost = 5L * 1024 * 1024 * 1024;

    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;

    /// <summary>What another run may be about to name.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromHours(1);

    public CachedResult? Find(Digest key, DateTimeOffset now)
    {
        var path = EntryOf(key);
        if (Read(path) is not { } found) return null;
        try
        {
            File.SetLastWriteTimeUtc(path, now.UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it was taken out this moment, and is still good
        }
        return found;
    }

    public void Add(Digest key, CachedResult result)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(result, RunJson.Default.CachedResult);
        AtomicFile.Write(EntryOf(key), [.. Encoding.ASCII.GetBytes(Digest.Of(json).Hex), (byte)'\n', .. json]);
    }

    /// <summary>Takes a file in.</summary>
    /// <returns>False where its content is not of that digest: it changed meanwhile.</returns>
    public bool Take(string file, Digest digest)
    {
        var place = ObjectOf(digest);
        if (File.Exists(place)) return true;
        return Copy(file, place, digest, AtomicFile.ForOwner);
    }

    /// <summary>Brings a file back; whole or not at all.</summary>
    /// <returns>False where the store has not got it, or what it has is damaged, which is then deleted.</returns>
    /// <param name="mode">Who may read, write and execute it then; what would make it another's program is left out.</param>
    public bool Bring(Digest digest, string file, UnixFileMode mode)
    {
        var place = ObjectOf(digest);
        if (!File.Exists(place)) return false;
        if (Copy(place, file, digest, mode & Permissions)) return true;
        File.Delete(place);
        return false;
    }

    /// <summary>Takes out what was used longest ago, down to four fifths of the bound, and what no entry names.</summary>
    public void Evict(long most, DateTimeOffset now)
    {
        if (SizeOf("objects") <= most) return;
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var size = 0L;
        foreach (var entry in new DirectoryInfo(Path.Combine(directory, "entries")).EnumerateFiles("*", SearchOption.AllDirectories).OrderByDescending(file => file.LastWriteTimeUtc).ToList())
        {
            var result = Read(entry.FullName);
            // what a newer entry names too is counted with that, and stays with it
            var own = (result?.Files ?? []).Where(file => file.IsFile && !kept.Contains(file.Content.Hex)).DistinctBy(file => file.Content).ToList();
            size += own.Sum(file => file.Size);
            if (result is null || size > most / 5 * 4)
            {
                entry.Delete();
                continue;
            }
            kept.UnionWith(own.Select(file => file.Content.Hex));
            if (result.Log is { } log) kept.Add(log.Hex);
        }
        foreach (var file in new DirectoryInfo(Path.Combine(directory, "objects")).EnumerateFiles("*", SearchOption.AllDirectories))
            if (!kept.Contains(file.Name) && now.UtcDateTime - file.LastWriteTimeUtc > Young) file.Delete();
    }

    /// <summary>Whether a file has a text in it, as bytes; what is compressed hides it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Mentions(string file, string text)
    {
        var sought = Encoding.UTF8.GetBytes(text);
        using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        var buffer = new byte[sought.Length + (128 * 1024)];
        for (int kept = 0, count; (count = content.Read(buffer, kept, buffer.Length - kept)) > 0;)
        {
            var held = buffer.AsSpan(0, kept + count);
            if (held.IndexOf(sought) >= 0) return true;
            kept = Math.Min(held.Length, sought.Length - 1);
            held[^kept..].CopyTo(buffer);
        }
        return false;
    }

    private long SizeOf(string part) => Directory.Exists(Path.Combine(directory, part))
        ? new DirectoryInfo(Path.Combine(directory, part)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    private static CachedResult? Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path).AsSpan();
            if (bytes.Length < 66 || Encoding.ASCII.GetString(bytes[..64]) != Digest.Of(bytes[65..]).Hex) return null;
            return JsonSerializer.Deserialize(bytes[65..], RunJson.Default.CachedResult);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private bool Copy(string from, string to, Digest digest, UnixFileMode mode)
    {
        try
        {
            using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            return AtomicFile.Write(to, target =>
            {
                if (CopyAndHash(source, target) != digest) return false;
                // not what the umask leaves of it
                File.SetUnixFileMode(target.SafeFileHandle, mode);
                // a link that stands there would lead the rename nowhere else, and a directory refuses it
                return stats.Of(to) is not { Kind: FileKind.Directory } ? true : throw new IOException($"{to} is a directory; expected a file or nothing");
            });
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static Digest CopyAndHash(FileStream source, FileStream target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 * 1024];
        for (int count; (count = source.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            target.Write(buffer, 0, count);
        }
        return Digest.FromHash(hash.GetHashAndReset());
    }

    private string EntryOf(Digest key) => Path.Combine(directory, "entries", key.Hex[..2], key.Hex);

    private string ObjectOf(Digest digest) => Path.Combine(directory, "objects", digest.Hex[..2], digest.Hex);
}
