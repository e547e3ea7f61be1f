using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server;

namespace Signalbox.Cli.Control;

/// <summary>The public API, as the verbs use it. A refusal ends the verb with what the control plane said.</summary>
internal sealed class ControlPlaneClient : IDisposable
{
    /// <summary>Of the logs; an application's own is cut far below it.</summary>
    private const int LongestLine = 4 << 20;

    private readonly Installation? _state;
    private readonly string _where = "control plane";
    private HttpClient _http;

    private ControlPlaneClient(Installation state, ControlPlaneFile file, string token) => (_state, _http) = (state, Open(file, token));

    private ControlPlaneClient(ControlPlaneUrl url, RemoteToken token) => (_where, _http) = (url.Shown, Open(url, token));

    public Uri Address => _http.BaseAddress!;

    /// <summary>Whether it is reached by an address, and not by a state directory of this machine.</summary>
    public bool IsElsewhere => _state is null;

    /// <exception cref="Diagnostics.SignalboxException">No control plane runs on this state directory.</exception>
    public static ControlPlaneClient Connect(Installation state) => TryConnect(state) ?? throw ControlPlaneErrors.NotRunning(state);

    /// <summary>Nothing is sent yet: the first request asks for a token, too.</summary>
    public static ControlPlaneClient Elsewhere(ControlPlaneUrl url, RemoteToken token) => new(url, token);

    /// <summary>With the token in <c>SIGNALBOX_TOKEN_FILE</c> where that is set: the state directory's own is its owner's.</summary>
    public static ControlPlaneClient? TryConnect(Installation state)
    {
        var token = Environment.GetEnvironmentVariable("SIGNALBOX_TOKEN_FILE") is { Length: > 0 } own ? own : state.TokenFile;
        return state.RunningControlPlane() is { } file && File.Exists(token) ? new(state, file, File.ReadAllText(token).Trim()) : null;
    }

    /// <summary>Looks again where the control plane of a state directory is: after a restart its port is another one.</summary>
    public void Reconnect()
    {
        if (_state?.RunningControlPlane() is not { } file || new Uri(file.Address) == Address) return;
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

    public async Task<Release> CreateReleaseAsync(CreateRelease release, CancellationToken cancel) => (await MakeReleaseAsync(release, cancel).ConfigureAwait(false)).Release;

    /// <returns>And whether it was made before, under the same key.</returns>
    public async Task<(Release Release, bool Existed)> MakeReleaseAsync(CreateRelease release, CancellationToken cancel)
    {
        var (status, made) = await AnswerAsync(Post("api/v1/releases", release, ApiJson.Default.CreateRelease), ApiJson.Default.Release, cancel).ConfigureAwait(false);
        // one that does not know keys would make a release each time
        return made.Once == release.Once ? (made, status == HttpStatusCode.OK) : throw ControlPlaneErrors.Unread(_where, null);
    }

    /// <summary>Whether it knows keys: by what it says of itself, before anything is made.</summary>
    /// <exception cref="Diagnostics.SignalboxException">It does not: it would make a release each time.</exception>
    public async Task DemandKeysAsync(CancellationToken cancel)
    {
        try
        {
            var described = await BytesAsync("openapi.json", cancel).ConfigureAwait(false);
            using var document = JsonDocument.Parse(described);
            if (document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(nameof(CreateRelease)).GetProperty("properties").TryGetProperty("once", out _)) return;
        }
        catch (ControlPlaneRefusal refusal) when (refusal.Status == HttpStatusCode.Forbidden)
        {
            // a token that may not read: what is made tells, then
            return;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ControlPlaneErrors.Unread(_where, e);
        }
        throw ControlPlaneErrors.WithoutKeys(_where);
    }

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

    /// <summary>A control plane elsewhere knows itself by another address than the one that it is reached by: the link is below the latter.</summary>
    public async Task<LoginLink> NewLoginLinkAsync(CancellationToken cancel)
    {
        var link = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "api/v1/login-links"), ApiJson.Default.LoginLink, cancel).ConfigureAwait(false);
        if (!IsElsewhere) return link;
        return Below(link.Url) is { } below ? link with { Url = below } : throw ControlPlaneErrors.Unread(_where, null);
    }

    /// <summary>What stands after the host, below the address; null where it would lead elsewhere.</summary>
    private string? Below(string url) => Uri.TryCreate(url, UriKind.Absolute, out var own) && own.Scheme is "https" or "http"
        && Uri.TryCreate(Address.AbsoluteUri + own.PathAndQuery.TrimStart('/'), UriKind.Absolute, out var below) && Address.IsBaseOf(below) ? below.AbsoluteUri : null;

    /// <summary>Lines as they come, until the end of the stream or of the caller's patience.</summary>
    public async IAsyncEnumerable<LogLine> LogsAsync(
        string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Options.Set(RemoteConnection.Streams, true);
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        await ThrowWhereRefusedAsync(answer, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        await foreach (var line in LinesAsync(reader, cancel).ConfigureAwait(false))
            if (line.Length > 0 && Read(line) is { } parsed) yield return parsed;
    }

    private async IAsyncEnumerable<string> LinesAsync(StreamReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (line, some) = (new StringBuilder(), new char[4096]);
        while (await reader.ReadAsync(some, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            var from = 0;
            while (Array.IndexOf(some, '\n', from, read - from) is >= 0 and var end)
            {
                yield return line.Append(some, from, end - from).ToString();
                line.Clear();
                from = end + 1;
            }
            if (line.Append(some, from, read - from).Length > LongestLine) throw ControlPlaneErrors.Unread(_where, null);
        }
        if (line.Length > 0) yield return line.ToString();
    }

    private LogLine? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, Answers.Whole(ApiJson.Default.LogLine));
        }
        catch (JsonException e)
        {
            throw ControlPlaneErrors.Unread(_where, e);
        }
    }

    internal async Task<byte[]> BytesAsync(string path, CancellationToken cancel)
    {
        using var answer = await SendCheckedAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    public static string TrackPath(string application, string environment) => $"api/v1/tracks/{Escape(application)}/{Escape(environment)}";

    internal Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), type, cancel);

    internal Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(Post(path, body, bodyType), type, cancel);

    private static HttpRequestMessage Post<TBody>(string path, TBody body, JsonTypeInfo<TBody> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    internal async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel) =>
        (await AnswerAsync(request, type, cancel).ConfigureAwait(false)).Body;

    private async Task<(HttpStatusCode Status, T Body)> AnswerAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var answer = await SendCheckedAsync(request, cancel).ConfigureAwait(false);
        await using var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        try
        {
            return (answer.StatusCode, await JsonSerializer.DeserializeAsync(body, Answers.Whole(type), cancel).ConfigureAwait(false) ?? throw ControlPlaneErrors.Unread(_where, null));
        }
        catch (JsonException e)
        {
            throw ControlPlaneErrors.Unread(_where, e);
        }
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

    private async Task ThrowWhereRefusedAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.IsSuccessStatusCode) return;
        var body = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        var problem = ControlPlaneErrors.ProblemOf(body);
        answer.Dispose();
        throw ControlPlaneErrors.Refused(answer.StatusCode, problem, _where);
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

    private static HttpClient Open(ControlPlaneUrl url, RemoteToken token) => new(new RemoteConnection(url, token, new SocketsHttpHandler
    {
        // the environment's proxy, but not between this machine and itself
        UseProxy = !ControlPlaneUrl.IsThisMachine(url.Address),
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    }))
    {
        BaseAddress = url.Address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static string Query(RolloutQuery query)
    {
        var parts = new List<string>(5) { "limit=" + query.Limit.ToString(CultureInfo.InvariantCulture) };
        if (query.Application is not null) parts.Add("application=" + Escape(query.Application));
        if (query.Environment is not null) parts.Add("environment=" + Escape(query.Environment));
        if (query.Release is not null) parts.Add("release=" + Escape(query.Release));
        if (query.Active is { } active) parts.Add("active=" + (active ? "true" : "false"));
        return "?" + string.Join('&', parts);
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    public void Dispose() => _http.Dispose();
}
