using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Signalbox.Tests.Outbound;

internal sealed record LoopbackRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Path => Target.Split('?')[0];
}

/// <summary>A server of HTTP/1.1 on a free loopback port that answers just as a test says, also wrongly; one request a connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly Func<LoopbackRequest, LoopbackAnswer> _answer;

    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        // kept: a listener that was stopped does not know it any more
        Authority = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Authority { get; }

    public Uri Address => new($"http://{Authority}/");

    /// <summary>What was asked, in order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<LoopbackRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await _answer(request).WriteAsync(stream, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the client went away, or the test ended
        }
    }

    private async Task<LoopbackRequest> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0) head.Append((char)one[0]);
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) throw new IOException("no request");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1].Trim(), StringComparer.Ordinal);
        var body = new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        var words = lines[0].Split(' ');
        return new(words[0], words[1], headers, body);
    }
}

internal sealed record LoopbackAnswer(int Status, string? ContentType, byte[] Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>What Content-Length says, where it is not the truth.</summary>
    public long? Length { get; init; }

    /// <summary>Keeps the connection after the body, sending nothing more.</summary>
    public bool Hangs { get; init; }

    public static LoopbackAnswer Text(int status, string body, string contentType = "text/plain") => new(status, contentType, Encoding.UTF8.GetBytes(body));

    public static LoopbackAnswer Redirect(Uri to) => new(307, null, []) { Headers = [("Location", to.ToString())] };

    public async Task WriteAsync(NetworkStream stream, CancellationToken cancel)
    {
        var head = new StringBuilder($"HTTP/1.1 {Status} X\r\nConnection: close\r\nContent-Length: {Length ?? Body.Length}\r\n");
        if (ContentType is not null) head.Append($"Content-Type: {ContentType}\r\n");
        foreach (var (name, value) in Headers) head.Append($"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), cancel);
        await stream.WriteAsync(Body, cancel);
        if (Hangs) await Task.Delay(Timeout.Infinite, cancel);
    }
}
