using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server;

namespace Signalbox.Cli.Control;

/// <summary>The public API, as the verbs use it. A refusal ends the verb with what the control plane said.</summary>
internal sealed class ControlPlaneClient : IDisposable
{
    private HttpClient _http;

    private ControlPlaneClient(ControlPlaneFile file, string token) => _http = Open(file, token);

    public Uri Address => _http.BaseAddress!;

    /// <exception cref="Diagnostics.SignalboxException">No control plane runs on this state directory.</exception>
    public static ControlPlaneClient Connect(Installation state) => TryConnect(state) ?? throw ControlPlaneErrors.NotRunning(state);

    /// <summary>With the token in <c>SIGNALBOX_TOKEN_FILE</c> where that is set: the state directory's own is its owner's.</summary>
    public static ControlPlaneClient? TryConnect(Installation state)
    {
        var token = Environment.GetEnvironmentVariable("SIGNALBOX_TOKEN_FILE") is { Length: > 0 } own ? own : state.TokenFile;
        return state.RunningControlPlane() is { } file && File.Exists(token) ? new(file, File.ReadAllText(token).Trim()) : null;
    }

    /// <summary>Looks again where the control plane is: after a restart its port is another one.</summary>
    public void Reconnect(Installation state)
    {
        if (state.RunningControlPlane() is not { } file || new Uri(file.Address) == Address) return;
        var before = _http;
        _http = Open(file, before.DefaultRequestHeaders.Authorization!.Parameter!);
        before.Dispose();
    }

    public Task<StatusView> StatusAsync(CancellationToken cancel) =>
        GetAsync("api/v1/status", ApiJson.Default.StatusView, cancel);

    public Task<TrackView> TrackAsync(string application, string environment, CancellationToken cancel) =>
        GetAsync(TrackPath(application, environment), ApiJson.Default.TrackView, cancel);

    public Task<IReadOnlyList<RolloutView>> RolloutsAsync(RolloutQuery query, CancellationToken cancel) =>
        GetAsync("api/v1/rollouts" + Query(query), ApiJson.Default.IReadOnlyListRolloutView, cancel);

    public Task<RolloutView> RolloutAsync(string id, CancellationToken cancel) =>
        GetAsync($"api/v1/rollouts/{Escape(id)}", ApiJson.Default.RolloutView, cancel);

    public Task<RolloutView> CommandAsync(string id, string command, string? reason, CancellationToken cancel) =>
        PostAsync($"api/v1/rollouts/{Escape(id)}/{command}", new RolloutCommand(reason), ApiJson.Default.RolloutCommand, ApiJson.Default.RolloutView, cancel);

    public Task<RolloutView> RollbackAsync(string application, string environment, StartRollback rollback, CancellationToken cancel) =>
        PostAsync(TrackPath(application, environment) + "/rollback", rollback, ApiJson.Default.StartRollback, ApiJson.Default.RolloutView, cancel);

    public Task<Release> CreateReleaseAsync(CreateRelease release, CancellationToken cancel) =>
        PostAsync("api/v1/releases", release, ApiJson.Default.CreateRelease, ApiJson.Default.Release, cancel);

    public Task<RolloutView> StartRolloutAsync(StartRollout rollout, CancellationToken cancel) =>
        PostAsync("api/v1/rollouts", rollout, ApiJson.Default.StartRollout, ApiJson.Default.RolloutView, cancel);

    public Task<RolloutView> PromoteAsync(string release, string to, CancellationToken cancel) =>
        PostAsync($"api/v1/releases/{Escape(release)}/promote", new PromoteRelease(to), ApiJson.Default.PromoteRelease, ApiJson.Default.RolloutView, cancel);

    public async Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"api/v1/artifacts/{digest.Value}");
        using var answer = await _http.SendAsync(request, cancel).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public async Task<ArtifactUploaded> UploadAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/artifacts") { Content = new StreamContent(tar) };
        request.Headers.Add("X-Signalbox-Digest", digest.Value);
        request.Content.Headers.ContentType = new("application/x-tar");
        return await SendAsync(request, ApiJson.Default.ArtifactUploaded, cancel).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string? application, string? environment, int limit, CancellationToken cancel) =>
        GetAsync("api/v1/history" + Query(new(application, environment, null, limit)), ApiJson.Default.IReadOnlyListHistoryEntry, cancel);

    public Task<IReadOnlyList<LedgerEntryView>> EntriesAsync(long after, CancellationToken cancel) =>
        GetAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/ledger/entries?after={after}&limit=1000"), ApiJson.Default.IReadOnlyListLedgerEntryView, cancel);

    public Task<LedgerEntryView> RecordAsync(Runbooks.DrillEnded drill, CancellationToken cancel) =>
        PostAsync("api/v1/drills", drill, ApiJson.Default.DrillEnded, ApiJson.Default.LedgerEntryView, cancel);

    public Task<LedgerEntryView> RecordAsync(Runbooks.RunbookStepEnded step, CancellationToken cancel) =>
        PostAsync("api/v1/runbook-steps", step, ApiJson.Default.RunbookStepEnded, ApiJson.Default.LedgerEntryView, cancel);

    public Task<IReadOnlyList<TokenView>> TokensAsync(CancellationToken cancel) =>
        GetAsync("api/v1/tokens", ApiJson.Default.IReadOnlyListTokenView, cancel);

    public Task<TokenCreated> CreateTokenAsync(CreateToken token, CancellationToken cancel) =>
        PostAsync("api/v1/tokens", token, ApiJson.Default.CreateToken, ApiJson.Default.TokenCreated, cancel);

    public Task RevokeTokenAsync(string id, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"api/v1/tokens/{Escape(id)}"), cancel);

    /// <summary>An address that signs a browser in once.</summary>
    public async Task<string?> LoginLinkAsync(CancellationToken cancel) => (await NewLoginLinkAsync(cancel).ConfigureAwait(false)).Url;

    public Task<LoginLink> NewLoginLinkAsync(CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "api/v1/login-links"), ApiJson.Default.LoginLink, cancel);

    /// <summary>Lines as they come, until the end of the stream or of the caller's patience.</summary>
    public async IAsyncEnumerable<LogLine> LogsAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        await ThrowWhereRefusedAsync(answer, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
            if (line.Length > 0 && JsonSerializer.Deserialize(line, ApiJson.Default.LogLine) is { } parsed) yield return parsed;
    }

    internal async Task<byte[]> BytesAsync(string path, CancellationToken cancel)
    {
        using var answer = await SendCheckedAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    public static string TrackPath(string application, string environment) => $"api/v1/tracks/{Escape(application)}/{Escape(environment)}";

    internal Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), type, cancel);

    internal Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        content.Headers.ContentType = new("application/json");
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, type, cancel);
    }

    internal async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var answer = await SendCheckedAsync(request, cancel).ConfigureAwait(false);
        await using var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        return await JsonSerializer.DeserializeAsync(body, type, cancel).ConfigureAwait(false)
            ?? throw ControlPlaneErrors.Refused(HttpStatusCode.InternalServerError, null);
    }

    private async Task SendAsync(HttpRequestMessage request, CancellationToken cancel) =>
        (await SendCheckedAsync(request, cancel).ConfigureAwait(false)).Dispose();

    private async Task<HttpResponseMessage> SendCheckedAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            await ThrowWhereRefusedAsync(answer, cancel).ConfigureAwait(false);
            return answer;
        }
    }

    private static async Task ThrowWhereRefusedAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.IsSuccessStatusCode) return;
        var body = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        var problem = ParseProblem(body);
        answer.Dispose();
        throw ControlPlaneErrors.Refused(answer.StatusCode, problem);
    }

    private static Problem? ParseProblem(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, ApiJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HttpClient Open(ControlPlaneFile file, string token)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(file.Address),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static string Query(RolloutQuery query)
    {
        var parts = new List<string>(4) { "limit=" + query.Limit.ToString(CultureInfo.InvariantCulture) };
        if (query.Application is not null) parts.Add("application=" + Escape(query.Application));
        if (query.Environment is not null) parts.Add("environment=" + Escape(query.Environment));
        if (query.Active is { } active) parts.Add("active=" + (active ? "true" : "false"));
        return "?" + string.Join('&', parts);
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    public void Dispose() => _http.Dispose();
}
