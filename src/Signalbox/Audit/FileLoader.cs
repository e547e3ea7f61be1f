using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Reads one file from disk; whatever happens is a source file, a finding, or nothing where the file is gone.</summary>
internal static class FileLoader
{
    // no delivery file is that large; what is gets a finding instead of memory
    public const int MostBytes = 8 * 1024 * 1024;

    public static (SourceFile? File, AuditFinding? Finding) Load(string root, string path)
    {
        try
        {
            // empty to the system are pipes and devices too, and opening those may never end
            if (new FileInfo(Path.Combine(root, path)).Length == 0) return (new(path, YamlText.Empty), null);
            using var handle = File.OpenHandle(Path.Combine(root, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(handle);
            if (length > MostBytes) return (null, BrokenFile.Finding($"the file has {length:N0} bytes; at most {MostBytes:N0} are read", new(path)));
            return Decode(path, ReadAll(handle, (int)length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (path.Contains('\uFFFD')) return (null, BrokenFile.Finding("the file cannot be read: its name is not UTF-8", new(path)));
            // it vanished between the walk and now
            return (null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return (null, BrokenFile.Finding($"the file cannot be read: {e.Message.TrimEnd('.')}", new(path)));
        }
    }

    private static ReadOnlySpan<byte> ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle handle, int length)
    {
        var buffer = new byte[length];
        var read = 0;
        while (read < length && RandomAccess.Read(handle, buffer.AsSpan(read), read) is > 0 and var more) read += more;
        return buffer.AsSpan(0, read);
    }

    private static (SourceFile?, AuditFinding?) Decode(string path, ReadOnlySpan<byte> bytes)
    {
        var problem = YamlReader.Decode(bytes, out var text);
        var file = new SourceFile(path, text, bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]));
        return problem is null ? (file, null) : (null, BrokenFile.Of(file, problem));
    }
}
