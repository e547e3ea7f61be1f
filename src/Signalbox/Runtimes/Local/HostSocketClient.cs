using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Runtimes.Local;

/// <summary>
/// Asks the host of a state directory over its Unix socket. A host that cannot be asked is a
/// <see cref="HostUnreachableException"/>; one that refuses for another reason than a table is a <see cref="SignalboxException"/>.
/// </summary>
public sealed class HostSocketClient : IHostConnection, IDisposable
{
    /// <summary>A host that has not begun to answer a short call by then counts as unreachable.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly string _socket;

    /// <param name="stateDirectory">Where the host was started with <c>--state</c>.</param>
    public HostSocketClient(string stateDirectory)
    {
        _socket = Path.Combine(Path.GetFullPath(stateDirectory), "host.sock");
        _http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = new("http://host/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task<HostState> ReadStateAsync(CancellationToken cancel) => AskAsync(HttpMethod.Get, "state", null, ProtocolJson.Default.HostState, cancel);

    public async Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Put, "tables/" + table.Track, Json(table, ProtocolJson.Default.DeclaredTable), cancel).ConfigureAwait(false);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Conflict)) throw await RefusedAsync(answer, cancel).ConfigureAwait(false);
        return await ReadAsync(answer, ProtocolJson.Default.PutResult, cancel).ConfigureAwait(false);
    }

    public async Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Post, "lease", Json(renewal, ProtocolJson.Default.LeaseRenewal), cancel).ConfigureAwait(false);
        if (answer.StatusCode is HttpStatusCode.Conflict) return false;
        return answer.IsSuccessStatusCode ? true : throw await RefusedAsync(answer, cancel).ConfigureAwait(false);
    }

    public Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel) => AskAsync(
        HttpMethod.Post, $"tracks/{track}/fall", Json(request, ProtocolJson.Default.FallRequest), ProtocolJson.Default.TrackObservation, cancel);

    /// <summary>Whole states of the tracks that change after a cursor (<see cref="HostState.Cursor"/>), until cancelled.</summary>
    /// <exception cref="HostUnreachableException">The stream broke: read the state again, then follow from its cursor.</exception>
    public async IAsyncEnumerable<Observation> ObserveAsync(long cursor, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var observation in LinesAsync($"observations?after={cursor}", ProtocolJson.Default.Observation, cancel).ConfigureAwait(false))
            yield return observation;
        throw new HostUnreachableException($"the host behind {_socket} ended its stream");
    }

    /// <summary>The newest lines that the instances of a track printed, oldest first.</summary>
    /// <param name="lines">At most so many, 1 to 10,000.</param>
    public IAsyncEnumerable<InstanceLogLine> LogsAsync(TrackKey track, string? service, string? revision, int lines, CancellationToken cancel)
    {
        var query = $"logs?track={Uri.EscapeDataString(track.ToString())}&lines={lines}";
        if (service is not null) query += "&service=" + Uri.EscapeDataString(service);
        if (revision is not null) query += "&revision=" + Uri.EscapeDataString(revision);
        return LinesAsync(query, ProtocolJson.Default.InstanceLogLine, cancel);
    }

    public async Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Head, "artifacts/" + digest, null, cancel).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    /// <param name="tar">The canonical layer.</param>
    /// <returns>False where the host had it already.</returns>
    /// <exception cref="SignalboxException">It is not what the digest names, breaks a rule of archives, or the host's disk is full.</exception>
    public async Task<bool> UploadArtifactAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        using var content = new StreamContent(tar);
        using var answer = await SendAsync(HttpMethod.Put, "artifacts/" + digest, content, cancel).ConfigureAwait(false);
        return answer.IsSuccessStatusCode ? answer.StatusCode == HttpStatusCode.Created : throw await RefusedAsync(answer, cancel).ConfigureAwait(false);
    }

    public Task<RunResult> RunAsync(RunRequest request, CancellationToken cancel) => AskAsync(
        HttpMethod.Post, "hooks/run", Json(request, ProtocolJson.Default.RunRequest), ProtocolJson.Default.RunResult, cancel, request.Timeout + s_patience);

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <param name="patience">Until the answer begins; null for the usual. Streams go on after that.</param>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel, TimeSpan? patience = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (content is not StreamContent) limit.CancelAfter(patience ?? s_patience);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable(e);
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentOutOfRangeException)
        {
            throw Unreachable(e);
        }
    }

    private async Task<T> AskAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancel, TimeSpan? patience = null)
    {
        using var answer = await SendAsync(method, path, content, cancel, patience).ConfigureAwait(false);
        return answer.IsSuccessStatusCode
            ? await ReadAsync(answer, type, cancel).ConfigureAwait(false)
            : throw await RefusedAsync(answer, cancel).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, type, cancel).ConfigureAwait(false) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            throw Unreachable(e);
        }
    }

    private async IAsyncEnumerable<T> LinesAsync<T>(string path, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancel).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) throw await RefusedAsync(answer, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await LineAsync(reader, cancel).ConfigureAwait(false) is { } line)
            yield return JsonSerializer.Deserialize(line, type)!;
    }

    private async Task<string?> LineAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Unreachable(e);
        }
    }

    private async Task<SignalboxException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var problem = await ReadAsync(answer, ProtocolJson.Default.HostProblem, cancel).ConfigureAwait(false);
        return new(3, Finding.Error(problem.Id, problem.Message, new Location(_socket)));
    }

    private HostUnreachableException Unreachable(Exception e) => new($"the host behind {_socket} cannot be asked: {e.Message}", e);
}
