using System.Threading.Channels;
using Signalbox.Ledger;
using Signalbox.Server.Metrics;
using Signalbox.Server.Outbound;

namespace Signalbox.Server.Telemetry;

/// <summary>Where telemetry goes; the names are those of OpenTelemetry's environment variables.</summary>
/// <param name="Endpoint">Base address; /v1/traces and /v1/metrics come after it.</param>
/// <param name="Headers">Sent along; may hold a credential, so they are never shown.</param>
public sealed record OtlpOptions(Uri Endpoint, IReadOnlyList<(string Name, string Value)> Headers)
{
    /// <param name="endpoint"><c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</param>
    /// <param name="headers"><c>OTEL_EXPORTER_OTLP_HEADERS</c>: <c>name=value,name=value</c>, percent-encoded.</param>
    /// <returns>Null where no endpoint is set; otherwise options, or what is wrong in words that go after the variable's name.</returns>
    public static (OtlpOptions? Options, string? Problem)? Read(string? endpoint, string? headers)
    {
        if (string.IsNullOrWhiteSpace(endpoint)) return null;
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var uri)) return (null, "is no address; expected https://…");
        if (Poster.Refuse(uri) is { } refused) return (null, refused);
        var pairs = (headers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2);
        return (new(uri, [.. pairs.Select(pair => (pair[0].Trim(), Uri.UnescapeDataString(pair[1].Trim())))]), null);
    }
}

/// <summary>
/// Sends traces of rollouts and the metrics to an OpenTelemetry collector over OTLP/HTTP. It reads the ledger behind the
/// engine's back; what a collector does not take is tried a few times and then lost, never waited for.
/// </summary>
internal sealed class OtlpExporter : IAsyncDisposable
{
    private const int MostWaiting = 256, MostAttempts = 5;

    private static readonly TimeSpan s_metricsEvery = TimeSpan.FromSeconds(60);

    private readonly Channel<IReadOnlyList<Span>> _waiting = Channel.CreateBounded<IReadOnlyList<Span>>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stopping = new();
    private readonly OtlpOptions _options;
    private readonly Poster _http;
    private readonly MetricsSource _metrics;
    private readonly ServeOptions _serve;
    private readonly Task _running;

    public OtlpExporter(OtlpOptions options, Poster http, ILedgerStore store, LedgerFeed feed, MetricsSource metrics, ServeOptions serve)
    {
        (_options, _http, _metrics, _serve) = (options, http, metrics, serve);
        _running = Task.WhenAll(Task.Run(() => FollowAsync(store, feed, feed.Head.Sequence)), Task.Run(SendTracesAsync), Task.Run(SendMetricsAsync));
    }

    /// <param name="from">Rollouts that ended before were sent by whoever ran then.</param>
    private async Task FollowAsync(ILedgerStore store, LedgerFeed feed, long from)
    {
        var spans = new RolloutSpans();
        for (long after = 0; ; await feed.WaitAsync(after, _stopping.Token).ConfigureAwait(false))
        {
            try
            {
                foreach (var entry in store.Read(after, 500))
                {
                    after = entry.Sequence;
                    if (spans.Apply(entry) is { Count: > 0 } ended && entry.Sequence > from) _waiting.Writer.TryWrite(ended);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                _serve.Log($"traces cannot follow the ledger: {e.Message}");
                await Task.Delay(s_metricsEvery, _serve.Time, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task SendTracesAsync()
    {
        await foreach (var spans in _waiting.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            for (var attempt = 1; await PostAsync("v1/traces", OtlpJson.Traces(spans, _serve.Version)).ConfigureAwait(false) is { } problem; attempt++)
            {
                if (attempt == MostAttempts)
                {
                    _serve.Log($"a rollout's trace is lost: the collector did not take it: {problem}");
                    break;
                }
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), _serve.Time, _stopping.Token).ConfigureAwait(false);
            }
    }

    private async Task SendMetricsAsync()
    {
        var start = _serve.Time.GetUtcNow();
        using var timer = new PeriodicTimer(s_metricsEvery, _serve.Time);
        string? before = null;
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            var problem = await MetricsOnceAsync(start).ConfigureAwait(false);
            // said once, not every minute
            if (problem is not null && before is null) _serve.Log($"the collector does not take metrics: {problem}");
            before = problem;
        }
    }

    private async Task<string?> MetricsOnceAsync(DateTimeOffset start)
    {
        try
        {
            var families = await _metrics.FamiliesAsync(_stopping.Token).ConfigureAwait(false);
            return await PostAsync("v1/metrics", OtlpJson.Metrics(families, start, _serve.Time.GetUtcNow(), _serve.Version)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or Runtimes.HostUnreachableException)
        {
            return e.Message;
        }
    }

    private async Task<string?> PostAsync(string path, byte[] body) =>
        (await _http.PostAsync(new(_options.Endpoint, path), body, "application/json", _options.Headers, _stopping.Token).ConfigureAwait(false)).Problem;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
