using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Signalbox.Testing.App;

/// <summary>Answers as the options say. GET /healthz, /env and /pid; everything else echoes method, path and body length.</summary>
internal sealed class Server(AppOptions options) : IDisposable
{
    private readonly Stopwatch _age = Stopwatch.StartNew();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private int _busy;

    public void Listen()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, options.Port));
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    /// <summary>Takes no new connection, closes idle ones and lets requests finish.</summary>
    public async Task DrainAsync()
    {
        _listener.Dispose();
        await _stopping.CancelAsync();
        var waited = Stopwatch.StartNew();
        while (Volatile.Read(ref _busy) > 0 && waited.ElapsedMilliseconds < options.DrainMs) await Task.Delay(5);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // draining
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var connection = new Connection(socket);
        try
        {
            while (await OneAsync(connection)) { }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or FormatException)
        {
            // that client is gone
        }
    }

    private async Task<bool> OneAsync(Connection connection)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        idle.CancelAfter(TimeSpan.FromSeconds(options.KeepAliveSeconds));
        if (await connection.ReadAsync(idle.Token) is not { } request) return false;
        Interlocked.Increment(ref _busy);
        try
        {
            var keep = request.KeepAlive && !_stopping.IsCancellationRequested;
            var (status, body) = await AnswerAsync(request);
            await connection.WriteAsync(status, options.Version, body, keep);
            return keep;
        }
        finally
        {
            Interlocked.Decrement(ref _busy);
        }
    }

    private async Task<(int Status, string Body)> AnswerAsync(AppRequest request)
    {
        if (request.Path == "/healthz") return (Healthy() ? options.HealthStatus : 503, "health\n");
        if (request.Path == "/pid") return (200, $"{Environment.ProcessId}\n");
        if (request.Path == "/env") return (200, Variables());
        if (Chance(options.HangPercent)) await Task.Delay(Timeout.Infinite);
        if (options.LatencyMs > 0) await Task.Delay(TimeSpan.FromMilliseconds(options.LatencyMs));
        var status = Chance(options.FailPercent) ? 500 : options.Status;
        return (status, $"{options.Version} {request.Method} {request.Path} {request.BodyLength}\n");
    }

    private bool Healthy()
    {
        if (options.HealthFile is { } file && !File.Exists(file)) return false;
        var ms = _age.ElapsedMilliseconds;
        return options.UnhealthyAfterMs == 0 || ms < options.UnhealthyAfterMs
            || (options.HealthyAgainAfterMs > 0 && ms >= options.HealthyAgainAfterMs);
    }

    private static bool Chance(double percent) => percent > 0 && Random.Shared.NextDouble() * 100 < percent;

    private static string Variables() => string.Concat(Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>().Select(e => $"{e.Key}={e.Value}\n"));
}
