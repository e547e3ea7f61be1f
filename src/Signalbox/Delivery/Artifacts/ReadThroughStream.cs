namespace Signalbox.Delivery.Artifacts;

/// <summary>Passes reads on to another stream and shows each piece to <see cref="Passed"/>. It can only be read, and only forward.</summary>
/// <param name="inner">Whoever made it disposes it, unless a derived class says otherwise.</param>
public abstract class ReadThroughStream(Stream inner) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    /// <exception cref="NotSupportedException">Always: how much will come is not known.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>How many bytes have been read. Setting it throws <see cref="NotSupportedException"/>.</summary>
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <summary>What has just been read, in order and without gaps; <see cref="Position"/> counts it already. Empty at the end.</summary>
    protected abstract void Passed(ReadOnlySpan<byte> piece);

    public override int Read(Span<byte> buffer) => Pass(buffer, inner.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Pass(buffer.Span, read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Pass(ReadOnlySpan<byte> buffer, int read)
    {
        _read += read;
        Passed(buffer[..read]);
        return read;
    }
}
