using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Signalbox.Testing.App;

internal sealed record AppRequest(string Method, string Path, long BodyLength, bool KeepAlive);

/// <summary>Reads HTTP/1.1 requests from one connection, one after another.</summary>
internal sealed class Connection(Socket socket)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start, _end;

    /// <returns>Null where the client closed, went silent or does not speak HTTP.</returns>
    public async Task<AppRequest?> ReadAsync(CancellationToken idle)
    {
        if (await LineAsync(idle) is not { Length: > 0 } first) return null;
        var parts = first.Split(' ');
        if (parts.Length != 3) return null;
        var keep = parts[2] == "HTTP/1.1";
        long length = 0;
        var chunked = false;
        while (await LineAsync(CancellationToken.None) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':');
            var value = header[(colon + 1)..].Trim();
            switch (header[..colon].ToUpperInvariant())
            {
                case "CONTENT-LENGTH": length = long.Parse(value, CultureInfo.InvariantCulture); break;
                case "TRANSFER-ENCODING": chunked = true; break;
                case "CONNECTION": keep = !value.Equals("close", StringComparison.OrdinalIgnoreCase); break;
            }
        }
        length = chunked ? await ChunksAsync() : await SkipAsync(length);
        return new(parts[0], parts[1], length, keep);
    }

    public async Task WriteAsync(int status, string version, string body, bool keepAlive)
    {
        var text = $"HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nX-Version: {version}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n"
            + (keepAlive ? "" : "Connection: close\r\n") + "\r\n" + body;
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes.AsMemory(sent));
    }

    private async Task<long> ChunksAsync()
    {
        for (long total = 0; ;)
        {
            var size = long.Parse((await LineAsync(CancellationToken.None))!.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            total += await SkipAsync(size);
            await LineAsync(CancellationToken.None);
            if (size == 0) return total;
        }
    }

    private async Task<long> SkipAsync(long length)
    {
        for (var left = length; left > 0;)
        {
            if (_start == _end && !await FillAsync(CancellationToken.None)) throw new IOException("the client left within the body");
            var taken = (int)Math.Min(left, _end - _start);
            _start += taken;
            left -= taken;
        }
        return length;
    }

    private async Task<string?> LineAsync(CancellationToken idle)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, end);
                _start += end + 2;
                return line;
            }
            if (!await FillAsync(idle)) return null;
        }
    }

    private async Task<bool> FillAsync(CancellationToken idle)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length) throw new IOException("a line is longer than 16 KiB");
        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), idle);
        _end += count;
        return count > 0;
    }
}
