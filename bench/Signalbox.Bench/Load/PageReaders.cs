using System.Net.Http.Headers;
using System.Text.Json;
using Signalbox.Api;

namespace Signalbox.Bench.Load;

/// <summary>Many open pages, as the control plane sees them: each a stream of events, and what a page reads anew after the ledger has grown.</summary>
internal sealed class PageReaders : IAsyncDisposable
{
    /// <summary>Entries that come together are answered by one reading, as in the page.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;
    private readonly string[] _anew;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _pages = [];
    private long _observations, _refreshed;

    private PageReaders(HttpClient http, string application, string environment) =>
        (_http, _anew) = (http, ["api/v1/status", $"api/v1/history?application={application}&environment={environment}&limit=15"]);

    public long Observations => Interlocked.Read(ref _observations);

    public long Refreshed => Interlocked.Read(ref _refreshed);

    /// <returns>Once all of them are open.</returns>
    public static async Task<PageReaders> OpenAsync(string state, int pages, string application, string environment)
    {
        var file = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(Path.Combine(state, "control.json")), ApiJson.Default.ControlPlaneFile)!;
        var http = new HttpClient { BaseAddress = new(file.Address), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(state, "token"))).Trim());
        var readers = new PageReaders(http, application, environment);
        for (var i = 0; i < pages; i++) readers._pages.Add(readers.FollowAsync(await readers.OpenAsync(application)));
        return readers;
    }

    private async Task<StreamReader> OpenAsync(string application)
    {
        foreach (var path in (string[])["", "api/v1/session", .. _anew, $"api/v1/releases?limit=200&application={application}"])
            using (var answer = await _http.GetAsync(path)) answer.EnsureSuccessStatusCode();
        var stream = await _http.GetAsync("api/v1/events", HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        return new(await stream.Content.ReadAsStreamAsync(_stop.Token));
    }

    private async Task FollowAsync(StreamReader events)
    {
        var refreshing = Task.CompletedTask;
        try
        {
            while (await events.ReadLineAsync(_stop.Token) is { } line)
            {
                if (line == "event: observation") Interlocked.Increment(ref _observations);
                if (line == "event: ledger" && refreshing.IsCompleted) refreshing = RefreshAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // the bench has seen enough
        }
        await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        events.Dispose();
    }

    private async Task RefreshAsync()
    {
        await Task.Delay(s_settle, _stop.Token);
        foreach (var path in _anew)
            using (var answer = await _http.GetAsync(path, _stop.Token)) answer.EnsureSuccessStatusCode();
        Interlocked.Increment(ref _refreshed);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_pages);
        _http.Dispose();
        _stop.Dispose();
    }
}
