using System.Globalization;
using System.Text;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>A large file that is never whole in memory: a beginning, one piece many times, an end.</summary>
/// <param name="piece">Wherever it says <c>00000000</c> stands its number.</param>
internal sealed class RepeatingStream(string begin, string piece, int times, string end) : Stream
{
    private const string Number = "00000000";

    private readonly byte[] _begin = Encoding.UTF8.GetBytes(begin);
    private readonly byte[] _piece = Encoding.UTF8.GetBytes(piece);
    private readonly byte[] _end = Encoding.UTF8.GetBytes(end);
    private readonly int[] _numbers = [.. Places(piece)];
    private long _numbered = -1;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _begin.Length + ((long)_piece.Length * times) + _end.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length && Position < Length)
        {
            var part = PartHere();
            var length = Math.Min(part.Length, buffer.Length - read);
            part[..length].CopyTo(buffer[read..]);
            read += length;
            Position += length;
        }
        return read;
    }

    private ReadOnlySpan<byte> PartHere()
    {
        if (Position < _begin.Length) return _begin.AsSpan((int)Position);
        var within = Position - _begin.Length;
        var pieces = (long)_piece.Length * times;
        if (within >= pieces) return _end.AsSpan((int)(within - pieces));
        Count(within / _piece.Length);
        return _piece.AsSpan((int)(within % _piece.Length));
    }

    private void Count(long number)
    {
        if (number == _numbered) return;
        _numbered = number;
        foreach (var place in _numbers) number.TryFormat(_piece.AsSpan(place, Number.Length), out _, "D8", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> Places(string piece)
    {
        for (var at = piece.IndexOf(Number, StringComparison.Ordinal); at >= 0; at = piece.IndexOf(Number, at + Number.Length, StringComparison.Ordinal))
            yield return Encoding.UTF8.GetByteCount(piece.AsSpan(0, at));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
