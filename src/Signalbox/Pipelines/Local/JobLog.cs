using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// What a job printed, without its secrets, in a file of bounded size: the beginning as it comes, and where there is too much the
/// end in place of what is between. The file is made when there is something to write.
/// </summary>
/// <param name="most">Bytes of the beginning; the end has at most <see cref="Tail"/> more.</param>
internal sealed class JobLog(string path, SecretPatterns secrets, long most = JobLog.Most) : IDisposable
{
    public const long Most = 16 * 1024 * 1024;

    public const int Tail = 64 * 1024;

    private SecretMask _mask = new(secrets);
    private SafeFileHandle? _file;
    private byte[]? _tail;
    private long _length, _beyond, _next;

    public string Path => path;

    /// <summary>What a run that is gone on with left there goes: nothing is written yet.</summary>
    public void Clear() => File.Delete(path);

    public void Write(ReadOnlySpan<byte> text) => Store(_mask.Add(text));

    /// <summary>A line of Signalbox's own.</summary>
    public void Say(string line) => Write(Encoding.UTF8.GetBytes($"signalbox: {line}\n"));

    /// <summary>There comes no more of this try; what was held back is written.</summary>
    public void EndTry()
    {
        Store(_mask.End());
        _mask = new(secrets);
    }

    public void Dispose()
    {
        EndTry();
        if (_beyond > 0) AppendTail();
        _file?.Dispose();
        _file = null;
    }

    private void Store(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0) return;
        var taken = (int)Math.Min(text.Length, Math.Max(0, most - _length));
        if (taken > 0) Append(text[..taken]);
        if (taken < text.Length) Remember(text[taken..]);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        _file ??= File.OpenHandle(path, _length == 0 ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(_file, text, _length);
        _length += text.Length;
    }

    private void Remember(ReadOnlySpan<byte> text)
    {
        _tail ??= new byte[Tail];
        foreach (var b in text.Length > Tail ? text[^Tail..] : text) _tail[_next++ % Tail] = b;
        _beyond += text.Length;
    }

    private void AppendTail()
    {
        var kept = (int)Math.Min(_next, Tail);
        var bytes = new byte[kept];
        for (var i = 0; i < kept; i++) bytes[i] = _tail![(_next - kept + i) % Tail];
        Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\nsignalbox: {Math.Max(0, _beyond - kept)} bytes are left out here\n")));
        Append(bytes);
        _beyond = 0;
    }
}
