using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Cli.StaticSite;

/// <summary>An open file of the site.</summary>
/// <param name="Handle">Null where the file is empty: then nothing need be opened, and a pipe is never waited for.</param>
/// <param name="Tag">An entity tag (RFC 9110, 8.8.3) with its quotes.</param>
internal sealed record SiteFile(string Name, SafeFileHandle? Handle, long Length, string Tag) : IDisposable
{
    public void Dispose() => Handle?.Dispose();
}

/// <summary>The files below a directory, and nothing else: no hidden ones, and none that a link leads to outside.</summary>
internal sealed class SiteFiles
{
    /// <summary>What is longer is not read as a whole for its tag; its length and time stand for it.</summary>
    private const long LongestHashed = 16 << 20;

    private const int MostTags = 50_000;

    private readonly string _root;

    // by content: the times of an artifact's files are those of its unpacking, and two releases share what is the same in both
    private readonly ConcurrentDictionary<(string Path, long Length, long Ticks), string> _tags = new();

    public SiteFiles(string root) => _root = Real(root);

    /// <param name="path">Of the request, decoded, beginning with a slash.</param>
    /// <returns>Null where there is no such file to be shown.</returns>
    public SiteFile? Open(string path) => IsShown(path) ? OpenFile(_root + path) : null;

    public bool IsDirectory(string path) => IsShown(path) && Directory.Exists(_root + path);

    /// <summary>RFC 8615 keeps one hidden name for the public.</summary>
    internal static bool IsShown(string path) =>
        path.Length is > 0 and <= 4096 && path[0] == '/' && !path.Any(c => c is '\\' or < ' ' or '\u007f')
        && path.Split('/').All(part => !part.StartsWith('.') || part == ".well-known");

    private SiteFile? OpenFile(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists) return null;
            if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) info = target;
            if (info.Length == 0) return new(file, null, 0, "\"0\"");
            var handle = File.OpenHandle(file, options: FileOptions.Asynchronous);
            // looked at behind the open, so that no link can be swapped in between
            if (!IsInside(Opened(handle)))
            {
                handle.Dispose();
                return null;
            }
            var length = RandomAccess.GetLength(handle);
            return new(file, handle, length, TagOf(file, handle, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private bool IsInside(string path) => path.StartsWith(_root == "/" ? "/" : _root + "/", StringComparison.Ordinal);

    private static string Opened(SafeFileHandle handle) =>
        File.ResolveLinkTarget($"/proc/self/fd/{handle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture)}", returnFinalTarget: false)?.FullName ?? "";

    private static string Real(string root)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(root).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true) is { } target ? Real(target.FullName) : next;
        }
        return real;
    }

    private string TagOf(string file, SafeFileHandle handle, long length)
    {
        var key = (file, length, File.GetLastWriteTimeUtc(handle).Ticks);
        if (_tags.TryGetValue(key, out var tag)) return tag;
        tag = length > LongestHashed ? $"\"{length:x}-{key.Ticks:x}\"" : $"\"{Hash(handle)}\"";
        if (_tags.Count >= MostTags) _tags.Clear();
        return _tags[key] = tag;
    }

    private static string Hash(SafeFileHandle handle)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (long at = 0; RandomAccess.Read(handle, buffer, at) is > 0 and var count; at += count) hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
