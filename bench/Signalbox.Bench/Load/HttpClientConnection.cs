using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Signalbox.Bench.Load;

/// <summary>
/// A keep-alive client connection over a raw socket: one request at a time, nothing allocated in between, nothing
/// sent again. It opens a new connection only for the next request.
/// </summary>
internal sealed class HttpClientConnection(int port) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint _server = new(IPAddress.Loopback, port);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private CancellationTokenSource _timeout = new();
    private Socket? _socket;
    private bool _reused;

    public void Dispose()
    {
        _socket?.Dispose();
        _timeout.Dispose();
    }

    public async ValueTask<RequestRecord> SendAsync(RequestText request)
    {
        var sent = Stopwatch.GetTimestamp();
        var (outcome, version) = await TryAsync(request);
        if (outcome is Outcome.Answered or Outcome.ServerError) _reused = true;
        else Close();
        return new(sent, Stopwatch.GetTimestamp(), version, outcome);
    }

    private async ValueTask<(Outcome, int Version)> TryAsync(RequestText request)
    {
        var received = 0;
        Arm();
        try
        {
            if (_socket is null && !await ConnectAsync()) return (Outcome.ConnectFailed, 0);
            for (var sent = 0; sent < request.Bytes.Length;) sent += await _socket!.SendAsync(request.Bytes.AsMemory(sent), _timeout.Token);
            return await ReceiveAsync(request);
        }
        catch (OperationCanceledException)
        {
            return (Outcome.TimedOut, 0);
        }
        catch (SocketException)
        {
            return (Ended(received), 0);
        }

        async ValueTask<(Outcome, int)> ReceiveAsync(RequestText asked)
        {
            while (true)
            {
                var count = await _socket!.ReceiveAsync(_buffer.AsMemory(received), _timeout.Token);
                if (count == 0) return (Ended(received), 0);
                received += count;
                if (AnswerText.TryRead(_buffer.AsSpan(0, received), asked.BodyLength, out var outcome, out var version, out var closes))
                {
                    if (closes) Close();
                    return (outcome, version);
                }
                if (received == _buffer.Length) return (Outcome.WrongAnswer, 0);
            }
        }
    }

    private Outcome Ended(int received) =>
        received > 0 ? Outcome.Truncated : _reused ? Outcome.ClosedOnReuse : Outcome.ClosedBeforeAnswer;

    private void Arm()
    {
        if (!_timeout.TryReset())
        {
            _timeout.Dispose();
            _timeout = new();
        }
        _timeout.CancelAfter(Timeout);
    }

    private async ValueTask<bool> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_server, _timeout.Token);
            (_socket, _reused) = (socket, false);
            return true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }
    }

    private void Close()
    {
        _socket?.Dispose();
        (_socket, _reused) = (null, false);
    }
}

/// <summary>A request, written once and sent often.</summary>
/// <param name="BodyLength">Of the body that the server is to count; null for a GET.</param>
internal sealed record RequestText(byte[] Bytes, int? BodyLength)
{
    public static RequestText Get(string path) => new(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n"), null);

    public static RequestText Post(string path, int length)
    {
        var head = System.Text.Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n");
        return new([.. head, .. Enumerable.Repeat((byte)'x', length)], length);
    }
}

/// <summary>Reads an answer of known length, and no more of it than the bench has to know.</summary>
internal static class AnswerText
{
    /// <param name="posted">Length of the body that was sent: an answer to a POST has to begin with it.</param>
    /// <returns>False while more has to come.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int? posted, out Outcome outcome, out int version, out bool closes)
    {
        (outcome, version, closes) = (Outcome.WrongAnswer, 0, true);
        var end = text.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = text[..(end + 2)];
        var body = text[(end + 4)..];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _)) return true;
        if (Number(head, "content-length:"u8) is not { } length) return true;
        if (body.Length < length) return false;
        version = Number(head, "x-version: v"u8) ?? 0;
        closes = Find(head, "connection: close"u8) >= 0;
        outcome = status >= 500 ? Outcome.ServerError
            : status == 200 && body.Length == length && Counts(body, posted) ? Outcome.Answered : Outcome.WrongAnswer;
        return true;
    }

    private static bool Counts(ReadOnlySpan<byte> body, int? posted) =>
        posted is null || (Utf8Parser.TryParse(body, out int counted, out _) && counted == posted);

    private static int? Number(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = Find(head, name);
        if (at < 0) return null;
        var value = head[(at + name.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(value, out int number, out _) ? number : null;
    }

    /// <summary>Where a line begins with a name, whatever the case of its letters.</summary>
    private static int Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (var at = 0; head[at..].IndexOf("\r\n"u8) is >= 0 and var step && at + step + 2 < head.Length;)
        {
            at += step + 2;
            if (head.Length - at >= name.Length && System.Text.Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name)) return at;
        }
        return -1;
    }
}
