using Microsoft.AspNetCore.Http;
using Signalbox.Host.Tables;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Api;

/// <summary>What the API reads of workloads' logs.</summary>
internal delegate IReadOnlyList<InstanceLogLine> ReadLogs(string track, string? service, string? revision, int lines);

/// <summary>What the API needs.</summary>
internal sealed record HostApiParts(
    string HostId, DateTimeOffset StartedAt, HostTracks Tracks, ObservationHub Hub, IArtifacts Artifacts,
    ReadLogs Logs, Func<RunRequest, CancellationToken, Task<RunResult>> RunHook, IReadOnlyList<string> Warnings, TimeProvider Time);

/// <summary>The host protocol over HTTP (docs/spec/host-protocol.md): one method an endpoint.</summary>
internal sealed partial class HostApi(HostApiParts parts)
{
    private const string Prefix = "/v1/";

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await (Find(http) ?? Answer.ProblemAsync(http, 404, "not-found", $"{http.Request.Method} {http.Request.Path} is nothing this host has"));
        }
        catch (BadHttpRequestException e)
        {
            await Answer.ProblemAsync(http, e.StatusCode, "bad-request", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // no disk, no descriptor, no user left to give: the control plane is told what, not only that
            await Answer.ProblemAsync(http, 500, "host-io", e.Message);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // the reader went away
        }
    }

    private Task? Find(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (!path.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var rest = path[Prefix.Length..];
        return (http.Request.Method, rest) switch
        {
            ("GET", "state") => StateAsync(http),
            ("GET", "observations") => ObserveAsync(http),
            ("GET", "logs") => LogsAsync(http),
            ("POST", "lease") => RenewAsync(http),
            ("POST", "hooks/run") => RunHookAsync(http),
            ("PUT", _) when After(rest, "tables/") is { } track => PutTableAsync(http, track),
            ("PUT", _) when After(rest, "artifacts/") is { } digest => PutArtifactAsync(http, digest),
            ("HEAD", _) when After(rest, "artifacts/") is { } digest => HasArtifactAsync(http, digest),
            ("POST", _) when After(rest, "tracks/") is { } track && track.EndsWith("/fall", StringComparison.Ordinal) => FallAsync(http, track[..^"/fall".Length]),
            _ => null,
        };
    }

    private static string? After(string path, string start) =>
        path.StartsWith(start, StringComparison.Ordinal) && path.Length > start.Length ? path[start.Length..] : null;

    private Task StateAsync(HttpContext http) => Answer.JsonAsync(
        http, new(DeclaredTable.CurrentProtocol, parts.HostId, parts.StartedAt, parts.Tracks.Epoch, parts.Hub.Cursor, parts.Tracks.Observe(), parts.Warnings),
        ProtocolJson.Default.HostState);

    private async Task PutTableAsync(HttpContext http, string track)
    {
        var table = await Body.ReadAsync(http, ProtocolJson.Default.DeclaredTable);
        if (table.Track != track) throw new BadHttpRequestException($"the table is for {table.Track}, not for {track}");
        var result = await parts.Tracks.PutAsync(table, http.RequestAborted);
        await Answer.JsonAsync(http, result, ProtocolJson.Default.PutResult, result.Accepted ? 200 : 409);
    }

    private async Task RenewAsync(HttpContext http)
    {
        var renewal = await Body.ReadAsync(http, ProtocolJson.Default.LeaseRenewal);
        if (parts.Tracks.Renew(renewal)) http.Response.StatusCode = 204;
        else await Answer.ProblemAsync(http, 409, PutResult.StaleEpoch, $"epoch {renewal.Epoch} is older than {parts.Tracks.Epoch}, which this host obeys");
    }

    private async Task FallAsync(HttpContext http, string track)
    {
        var request = await Body.ReadAsync(http, ProtocolJson.Default.FallRequest);
        if (parts.Tracks.Fall(track, request) is { } observation) await Answer.JsonAsync(http, observation, ProtocolJson.Default.TrackObservation);
        else await Answer.ProblemAsync(http, 404, "unknown-track", $"this host has no table for {track}");
    }

    /// <summary>Ends with the request: a control plane that goes away takes its hook with it.</summary>
    private async Task RunHookAsync(HttpContext http)
    {
        var request = await Body.ReadAsync(http, ProtocolJson.Default.RunRequest);
        await Answer.JsonAsync(http, await parts.RunHook(request, http.RequestAborted), ProtocolJson.Default.RunResult);
    }
}
