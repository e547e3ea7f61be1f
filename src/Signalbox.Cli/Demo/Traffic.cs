using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Signalbox.Cli.Demo;

/// <param name="At">When it was sent, from the traffic's start.</param>
/// <param name="Version">Who answered; empty where nobody of the application did.</param>
internal readonly record struct Answer(TimeSpan At, string Version, bool Good);

/// <summary>
/// An open-loop user crowd: requests leave at a fixed rate, whether or not earlier ones were answered. Two thirds
/// GET, one third POST, over kept-alive connections, without a sticky key.
/// </summary>
internal sealed class Traffic(Uri address, int perSecond) : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10), Patience = TimeSpan.FromSeconds(15);
    private static readonly byte[] Order = Encoding.UTF8.GetBytes("""{"item":1,"amount":2}""");

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 64 })
    {
        BaseAddress = address,
        Timeout = Patience,
    };
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly ConcurrentDictionary<long, Task> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Task _beats = Task.CompletedTask;
    private long _sent;

    public TimeSpan Elapsed => _clock.Elapsed;

    public IReadOnlyList<Answer> Answers => [.. _answers];

    public void Start() => _beats = BeatAsync();

    /// <summary>No new requests; those in flight are waited for.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _beats.ConfigureAwait(false);
        await Task.WhenAll(_open.Values).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task BeatAsync()
    {
        var begun = _clock.Elapsed;
        while (!_stop.IsCancellationRequested)
        {
            for (var due = (long)((_clock.Elapsed - begun).TotalSeconds * perSecond); _sent < due; _sent++) Send(_sent);
            await Task.Delay(Beat, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Send(long number)
    {
        var task = AskAsync(number);
        _open[number] = task;
        task.ContinueWith(_ => _open.TryRemove(number, out Task? _), TaskScheduler.Default);
    }

    private async Task AskAsync(long number)
    {
        var at = _clock.Elapsed;
        try
        {
            using var request = Request(number);
            using var answer = await _http.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            var version = answer.Headers.TryGetValues("X-Version", out var values) ? values.First() : "";
            _answers.Enqueue(new(at, version, (int)answer.StatusCode < 500));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            _answers.Enqueue(new(at, "", false));
        }
    }

    private static HttpRequestMessage Request(long number)
    {
        if (number % 3 != 2) return new(HttpMethod.Get, number % 3 == 0 ? "/" : "/api/items");
        var body = new ByteArrayContent(Order);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new(HttpMethod.Post, "/api/orders") { Content = body };
    }
}
