namespace Signalbox.Evidence.Reports;

/// <summary>Reads no more than is allowed: of the whole file, and while one entry is read, of that.</summary>
internal sealed class GuardedStream(Stream inner, long maxBytes, CancellationToken cancel) : Stream
{
    private long _read;
    private long _entryLeft = long.MaxValue;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void AllowOnly(long bytes) => _entryLeft = bytes;

    public void AllowAll() => _entryLeft = long.MaxValue;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        cancel.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        _read += read;
        _entryLeft -= read;
        if (_read > maxBytes) throw new ReportRefusedException($"the file is larger than {maxBytes} bytes");
        if (_entryLeft < 0) throw new ReportRefusedException("one entry is larger than an entry may be");
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
