using System.Text;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>A large file that is never whole in memory: a beginning, one piece many times, an end.</summary>
internal sealed class RepeatingStream(string begin, string piece, int times, string end) : Stream
{
    private readonly byte[] _begin = Encoding.UTF8.GetBytes(begin);
    private readonly byte[] _piece = Encoding.UTF8.GetBytes(piece);
    private readonly byte[] _end = Encoding.UTF8.GetBytes(end);

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
        return within < pieces ? _piece.AsSpan((int)(within % _piece.Length)) : _end.AsSpan((int)(within - pieces));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
