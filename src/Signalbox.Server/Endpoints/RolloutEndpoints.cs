using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class RolloutEndpoints
{
    private static readonly (RolloutCommandKind Command, string Name, string Summary)[] Commands =
    [
        (RolloutCommandKind.Advance, "advance", "Go on without waiting for time, evidence or a manual pause"),
        (RolloutCommandKind.Abort, "abort", "Take the release back; one that waits in the queue is withdrawn"),
        (RolloutCommandKind.Pause, "pause", "Stay at this weight"),
        (RolloutCommandKind.Resume, "resume", "End a pause"),
    ];

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts) =>
        [.. Queries(parts.ControlPlane), Start(parts), .. Commands.Select(c => Command(parts.ControlPlane, c)), Rollback(parts.ControlPlane)];

    private static IEnumerable<ApiEndpoint> Queries(IControlPlane plane)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/rollouts", "listRollouts", Scope.Read, "Rollouts, newest first", async request =>
        {
            var query = new RolloutQuery(request.OfApplication, request.OfEnvironment, request.Flag("active"), request.Number("limit", 50, 1000), request.Query("release"));
            var rollouts = await plane.RolloutsAsync(query, request.Cancel).ConfigureAwait(false);
            await request.AnswerAsync(request.MaySeeLogs ? rollouts : LogTails.Withheld(rollouts), json.IReadOnlyListRolloutView).ConfigureAwait(false);
        })
        {
            Reach = Reach.Confined,
            Parameters =
            [
                Parameters.OfApplication, Parameters.OfEnvironment,
                new("active", "query", "boolean", "only those that run (true) or have ended (false)"),
                new("release", "query", "string", "only those that take this release out or go back from it; the last of each whenever it ended"), Parameters.Limit,
            ],
            Answer = json.IReadOnlyListRolloutView,
        };

        yield return new("GET", "/api/v1/rollouts/{id}", "getRollout", Scope.Read, "One rollout", async request =>
            await AnswerAsync(request, await FindAsync(plane, request).ConfigureAwait(false), 200).ConfigureAwait(false))
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Answer = json.RolloutView };

        yield return new("GET", "/api/v1/history", "getHistory", Scope.Read, "What happened, newest first", async request =>
        {
            var query = new HistoryQuery(request.OfApplication, request.OfEnvironment, request.Number("limit", 50, 1000));
            await request.AnswerAsync(await plane.HistoryAsync(query, request.Cancel).ConfigureAwait(false), json.IReadOnlyListHistoryEntry).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Parameters = [Parameters.OfApplication, Parameters.OfEnvironment, Parameters.Limit], Answer = json.IReadOnlyListHistoryEntry };
    }

    private static ApiEndpoint Start(ServerParts parts)
    {
        var json = ApiRequest.Json;
        return new("POST", "/api/v1/rollouts", "startRollout", Scope.Deploy, "Take a release out into an environment", async request =>
        {
            var body = await request.BodyAsync(json.StartRollout).ConfigureAwait(false);
            ApiRequest.Required(body.Application, "application");
            ApiRequest.Required(body.Environment, "environment");
            ApiRequest.Required(body.Release, "release");
            request.Confine(body.Application, body.Environment);
            var rollout = await parts.Desk.DecideAsync(() => parts.ControlPlane.SubmitAsync(body, request.Principal, request.Cancel), request.Cancel).ConfigureAwait(false);
            await AnswerAsync(request, rollout, 201).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Body = json.StartRollout, Example = Examples.StartRollout, Status = 201, Answer = json.RolloutView };
    }

    private static ApiEndpoint Command(IControlPlane plane, (RolloutCommandKind Command, string Name, string Summary) command)
    {
        var json = ApiRequest.Json;
        return new("POST", $"/api/v1/rollouts/{{id}}/{command.Name}", $"{command.Name}Rollout", Scope.Operate, command.Summary, async request =>
        {
            var body = await request.BodyAsync(json.RolloutCommand).ConfigureAwait(false);
            if (!request.Caller.Bound.IsNone) await FindAsync(plane, request).ConfigureAwait(false);
            var rollout = await plane.CommandAsync(request.Route("id"), command.Command, request.Principal, Reason(body.Reason), request.Cancel).ConfigureAwait(false);
            await AnswerAsync(request, rollout, 200).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Parameters = [Parameters.Id], Body = json.RolloutCommand, Example = Examples.RolloutCommand, Answer = json.RolloutView };
    }

    private static ApiEndpoint Rollback(IControlPlane plane)
    {
        var json = ApiRequest.Json;
        return new("POST", "/api/v1/tracks/{application}/{environment}/rollback", "rollBack", Scope.Operate, "Go back to an earlier release", async request =>
        {
            var body = await request.BodyAsync(json.StartRollback).ConfigureAwait(false);
            var rollout = await plane.RollbackAsync(request.Track, body with { Reason = Reason(body.Reason) }, request.Principal, request.Cancel).ConfigureAwait(false);
            await AnswerAsync(request, rollout, 201).ConfigureAwait(false);
        })
        {
            Reach = Reach.Confined,
            Parameters = [Parameters.Application, Parameters.Environment],
            Body = json.StartRollback,
            Example = Examples.StartRollback,
            Status = 201,
            Answer = json.RolloutView,
        };
    }

    /// <summary>The rollout, where there is one and the caller's token is for it.</summary>
    private static async Task<RolloutView> FindAsync(IControlPlane plane, ApiRequest request)
    {
        var rollout = ApiRequest.Found(await plane.RolloutAsync(request.Route("id"), request.Cancel).ConfigureAwait(false), "rollout", request.Route("id"));
        var track = TrackKey.Parse(rollout.Track);
        request.Confine(track.Application, track.Environment);
        return rollout;
    }

    private static Task AnswerAsync(ApiRequest request, RolloutView rollout, int status) =>
        request.AnswerAsync(request.MaySeeLogs ? rollout : LogTails.Withheld(rollout), ApiRequest.Json.RolloutView, status);

    /// <summary>It goes into the ledger and onto terminals: short, and without control characters.</summary>
    private static string? Reason(string? reason)
    {
        if (reason is null) return null;
        if (reason.Length > 500) throw new ApiException(400, "reason-too-long", $"the reason has {reason.Length} characters; at most 500 are taken");
        return new([.. reason.Select(c => char.IsControl(c) ? ' ' : c)]);
    }
}
