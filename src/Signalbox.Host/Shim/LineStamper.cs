using System.Buffers;
using System.Buffers.Text;

namespace Signalbox.Host.Shim;

/// <summary>
/// Cuts a stream of bytes into lines and writes each as <c>TIME STREAM TAG TEXT</c>: the log format of Kubernetes'
/// container runtimes (CRI), which log collectors read. TAG is F, or P where the line goes on in the next entry.
/// </summary>
internal sealed class LineStamper(string stream, ArrayBufferWriter<byte> output)
{
    /// <summary>Longer lines are split: 16 KiB, as CRI runtimes do.</summary>
    public const int LongestEntry = 16 * 1024;

    private readonly byte[] _name = System.Text.Encoding.ASCII.GetBytes($" {stream} ");
    private readonly byte[] _pending = new byte[LongestEntry];
    private int _length;

    public bool HasPending => _length > 0;

    public void Add(ReadOnlySpan<byte> bytes, DateTimeOffset now)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes.Length : end;
            var taken = Math.Min(line, LongestEntry - _length);
            bytes[..taken].CopyTo(_pending.AsSpan(_length));
            _length += taken;
            bytes = bytes[taken..];
            if (taken < line) Emit('P', now);
            else if (end >= 0) EndLine(ref bytes, now);
        }
    }

    /// <summary>Writes what has no end of line yet.</summary>
    /// <param name="last">True at the end of the stream; otherwise the line may go on.</param>
    public void Flush(bool last, DateTimeOffset now)
    {
        if (_length > 0) Emit(last ? 'F' : 'P', now);
    }

    private void EndLine(ref ReadOnlySpan<byte> bytes, DateTimeOffset now)
    {
        Emit('F', now);
        bytes = bytes[1..];
    }

    private void Emit(char tag, DateTimeOffset now)
    {
        Utf8Formatter.TryFormat(now.UtcDateTime, output.GetSpan(40), out var written, new StandardFormat('O'));
        output.Advance(written);
        output.Write(_name);
        output.Write([(byte)tag, (byte)' ']);
        output.Write(_pending.AsSpan(0, _length));
        output.Write("\n"u8);
        _length = 0;
    }
}
