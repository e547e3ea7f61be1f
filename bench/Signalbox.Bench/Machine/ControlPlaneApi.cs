using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Api;

namespace Signalbox.Bench.Machine;

/// <summary>The control plane's public API, as another program uses it. A call that is not acknowledged is null.</summary>
internal sealed class ControlPlaneApi(string state) : IDisposable
{
    private const int Page = 1000;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public void Dispose() => _http.Dispose();

    /// <summary>Whether this very process answers: the one before it wrote the same file.</summary>
    public async Task<bool> IsServedByAsync(int processId) =>
        File.Exists(ControlFile) && Read()?.ProcessId == processId && await HeadAsync() is not null;

    public async Task<string?> HeadAsync() => (await GetAsync("ledger/head", ApiJson.Default.LedgerHeadView))?.Head;

    public Task<IReadOnlyList<RolloutView>?> RolloutsAsync() => GetAsync("rollouts?limit=1000", ApiJson.Default.IReadOnlyListRolloutView);

    public Task<TrackView?> TrackAsync(string application, string environment) => GetAsync($"tracks/{application}/{environment}", ApiJson.Default.TrackView);

    public Task<RolloutView?> StartAsync(string application, string environment, string release) =>
        PostAsync("rollouts", new StartRollout(application, environment, release), ApiJson.Default.StartRollout, ApiJson.Default.RolloutView);

    public Task<RolloutView?> CommandAsync(string rollout, string command, string reason) =>
        PostAsync($"rollouts/{rollout}/{command}", new RolloutCommand(reason), ApiJson.Default.RolloutCommand, ApiJson.Default.RolloutView);

    public async Task<IReadOnlyList<LedgerEntryView>> LedgerAsync()
    {
        var all = new List<LedgerEntryView>();
        while (true)
        {
            var after = all.Count == 0 ? 0 : all[^1].Sequence;
            var page = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"ledger/entries?after={after}&limit={Page}"), ApiJson.Default.IReadOnlyListLedgerEntryView)
                ?? throw new InvalidOperationException("the control plane does not show its ledger");
            all.AddRange(page);
            if (page.Count < Page) return all;
        }
    }

    private string ControlFile => Path.Combine(state, "control.json");

    private ControlPlaneFile? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ControlFile), ApiJson.Default.ControlPlaneFile);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type) where T : class => AskAsync(HttpMethod.Get, path, null, type);

    private Task<T?> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type) where T : class =>
        AskAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), type);

    private async Task<T?> AskAsync<T>(HttpMethod method, string path, byte[]? body, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            if (Read() is not { } file) return null;
            using var request = new HttpRequestMessage(method, $"{file.Address}/api/v1/{path}");
            request.Headers.Authorization = new("Bearer", (await File.ReadAllTextAsync(Path.Combine(state, "token"))).Trim());
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await _http.SendAsync(request);
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), type) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }
}
