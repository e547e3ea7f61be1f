using System.Text.Json;
using Signalbox.Api;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class StatusEndpoints
{
    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        var plane = parts.ControlPlane;
        yield return new("GET", "/healthz", "getHealth", Scope.None, "Whether the control plane answers", request =>
            request.AnswerAsync(new Health("ok"), json.Health))
        { Answer = json.Health };

        yield return new("GET", "/api/v1/status", "getStatus", Scope.Read, "Every track at a glance", async request =>
        {
            var status = await plane.StatusAsync(request.Cancel).ConfigureAwait(false);
            if (request.Caller.Bound is { IsNone: false } bound) status = Within(status, bound);
            if (parts.Desk.Warning is { } warning) status = status with { Warnings = [.. status.Warnings, warning] };
            await request.AnswerAsync(request.MaySeeLogs ? status : LogTails.Withheld(status), json.StatusView).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Answer = json.StatusView };

        yield return new("GET", "/api/v1/tracks/{application}/{environment}", "getTrack", Scope.Read, "One application in one environment", async request =>
        {
            var track = ApiRequest.Found(await plane.TrackAsync(request.Track, request.Cancel).ConfigureAwait(false), "track", request.Track.ToString());
            await request.AnswerAsync(request.MaySeeLogs ? track : LogTails.Withheld(track), json.TrackView).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Parameters = [Parameters.Application, Parameters.Environment], Answer = json.TrackView };

        yield return new("GET", "/api/v1/tracks/{application}/{environment}/logs", "getLogs", Scope.Logs,
            "The workloads' log lines, one JSON object a line", request => LogsAsync(parts, request))
        {
            Reach = Reach.Confined,
            Parameters =
            [
                Parameters.Application, Parameters.Environment,
                new("service", "query", "string", "only this service"),
                new("revision", "query", "string", "only this release"),
                new("lines", "query", "integer", "how many of the last lines; default 100, most 10000"),
                new("follow", "query", "boolean", "go on with the lines that come"),
            ],
            Answer = json.LogLine,
            AnswerMedia = "application/x-ndjson",
        };

        yield return new("POST", "/api/v1/shutdown", "shutDown", Scope.Admin, "Stop the control plane; workloads go on", request =>
        {
            request.Http.Response.StatusCode = 202;
            request.Http.Response.OnCompleted(() =>
            {
                parts.Stop();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        })
        { Status = 202 };
    }

    private static StatusView Within(StatusView status, TokenBound bound) => status with
    {
        Tracks = [.. status.Tracks.Where(track => bound.Covers(track.Application, track.Environment))],
        Paths = [.. status.Paths.Where(path => bound.Covers(path.Application, null))],
    };

    private static async Task LogsAsync(ServerParts parts, ApiRequest request)
    {
        var query = new LogQuery(
            request.Track, request.Query("service"), request.Query("revision"), request.Number("lines", 100, 10_000), request.Flag("follow") ?? false);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Cancel, parts.Stopping);
        var response = request.Http.Response;
        response.ContentType = "application/x-ndjson";
        var watching = query.Follow ? EndWithTokenAsync(parts, request.Caller, ends) : Task.CompletedTask;
        try
        {
            await foreach (var line in parts.ControlPlane.LogsAsync(query, ends.Token).ConfigureAwait(false))
            {
                await response.Body.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, ApiRequest.Json.LogLine), (byte)'\n'], ends.Token).ConfigureAwait(false);
                if (query.Follow) await response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // the reader went away, its token did, or we stop: the stream just ends
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at every sign of life's time, as nothing may come to be written for long.</summary>
    private static async Task EndWithTokenAsync(ServerParts parts, Caller caller, CancellationTokenSource ends)
    {
        using var timer = new PeriodicTimer(parts.Options.Heartbeat);
        while (await timer.WaitForNextTickAsync(ends.Token).ConfigureAwait(false))
            if (!parts.Gate.StillAdmits(caller)) await ends.CancelAsync().ConfigureAwait(false);
    }
}
