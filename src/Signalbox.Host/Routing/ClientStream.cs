using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Signalbox.Host.Routing;

/// <summary>
/// A body's way from or to the client, which tells the request when it waits for the client. What the server has
/// buffered, or has room to buffer, passes at once and costs nothing more. Reused from request to request.
/// </summary>
internal sealed class ClientStream(RequestInFlight request) : Stream
{
    private Stream _inner = Null;

    public ClientStream Over(Stream inner)
    {
        _inner = inner;
        return this;
    }

    public override bool CanRead => _inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => _inner.CanWrite;

    public override long Length => _inner.Length;

    public override long Position { get => _inner.Position; set => _inner.Position = value; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = _inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? read : WaitAsync(read);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = _inner.WriteAsync(buffer, cancellationToken);
        return write.IsCompletedSuccessfully ? write : WaitAsync(write);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var flush = _inner.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? flush : WaitAsync(new ValueTask(flush)).AsTask();
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => _inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => _inner.Write(buffer, offset, count);

    public override void Flush() => _inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => _inner.SetLength(value);

    private async ValueTask<int> WaitAsync(ValueTask<int> read)
    {
        var begun = request.BeginWait();
        try
        {
            return await read;
        }
        finally
        {
            request.EndWait(begun);
        }
    }

    private async ValueTask WaitAsync(ValueTask write)
    {
        var begun = request.BeginWait();
        try
        {
            await write;
        }
        finally
        {
            request.EndWait(begun);
        }
    }
}

/// <summary>The response's body with a <see cref="ClientStream"/> in its place.</summary>
internal sealed class ClientResponseBody(ClientStream stream) : IHttpResponseBodyFeature
{
    private IHttpResponseBodyFeature? _inner;

    public ClientResponseBody Over(IHttpResponseBodyFeature inner)
    {
        _inner = inner;
        stream.Over(inner.Stream);
        return this;
    }

    public Stream Stream => stream;

    public PipeWriter Writer => _inner!.Writer;

    public Task CompleteAsync() => _inner!.CompleteAsync();

    public void DisableBuffering() => _inner!.DisableBuffering();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _inner!.SendFileAsync(path, offset, count, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken = default) => _inner!.StartAsync(cancellationToken);
}
