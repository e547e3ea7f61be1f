using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Host.Shim;

/// <summary>
/// A log in files of bounded size: NAME, NAME.1 (newer) … A disk that refuses never stops the workload: what
/// could not be written is counted, and said once writing works again.
/// </summary>
internal sealed class RotatingLog(string path, long maxBytes, int maxFiles, TimeProvider time) : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private SafeFileHandle? _file;
    private long _length;
    private string _problem = "";

    /// <summary>Bytes dropped since the last successful write.</summary>
    public long Lost { get; private set; }

    /// <param name="entries">Whole entries; they stay together in one file.</param>
    public void Write(ReadOnlySpan<byte> entries)
    {
        try
        {
            Append(entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Lost += entries.Length;
            _problem = e.Message;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Append(ReadOnlySpan<byte> entries)
    {
        _file ??= Open();
        if (_length > 0 && _length + entries.Length > maxBytes) Rotate();
        if (Lost > 0) AppendLoss();
        RandomAccess.Write(_file, entries, _length);
        _length += entries.Length;
    }

    private void AppendLoss()
    {
        var line = Encoding.UTF8.GetBytes($"{time.GetUtcNow().UtcDateTime:O} stderr F signalbox: {Lost} bytes of this log were lost: {_problem}\n");
        RandomAccess.Write(_file!, line, _length);
        _length += line.Length;
        Lost = 0;
    }

    private SafeFileHandle Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var existed = File.Exists(path);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!existed) File.SetUnixFileMode(file, OwnerOnly);
        _length = RandomAccess.GetLength(file);
        return file;
    }

    private void Rotate()
    {
        for (var i = maxFiles - 2; i >= 0; i--)
        {
            var from = i == 0 ? path : $"{path}.{i}";
            if (File.Exists(from)) File.Move(from, $"{path}.{i + 1}", overwrite: true);
        }
        if (maxFiles < 2) File.Delete(path);
        _file!.Dispose();
        _file = null;
        _file = Open();
    }
}
