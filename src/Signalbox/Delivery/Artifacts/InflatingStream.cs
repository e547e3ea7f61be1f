namespace Signalbox.Delivery.Artifacts;

/// <summary>Refuses content that grows out of all proportion to its compressed bytes.</summary>
internal sealed class InflatingStream(Stream inner, Func<long> compressed, ArtifactLimits limits) : Stream
{
    // below this no bomb hurts, and short runs of one byte compress best
    private const long Free = 1024 * 1024;

    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        _read += read;
        if (_read > Free && _read / limits.MaxRatio > compressed())
            throw new ArtifactRefusedException("artifact-ratio", $"the content is more than {limits.MaxRatio} times its compressed size");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
