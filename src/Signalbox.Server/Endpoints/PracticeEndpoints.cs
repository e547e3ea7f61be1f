using Signalbox.Api;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Runbooks;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

/// <summary>The runbooks; what was rehearsed and which steps of a runbook were taken: told by whoever did it, under their name.</summary>
internal static class PracticeEndpoints
{
    private static readonly string[] s_kinds = ["rollback", "restore"], s_outcomes = ["done", "failed", "skipped"];

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/tracks/{application}/{environment}/runbooks", "getRunbooks", Scope.Read, "The procedures that apply there, with the commands of this installation", request => RunbooksAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Parameters.Application, Parameters.Environment], Answer = json.IReadOnlyListRunbook };

        yield return new("POST", "/api/v1/drills", "recordDrill", Scope.Operate, "Record a drill with its measured recovery time and data loss", async request =>
        {
            var body = await request.BodyAsync(json.DrillEnded).ConfigureAwait(false);
            CheckTrack(body.Application, body.Environment);
            request.Confine(body.Application, body.Environment);
            CheckWord("kind", body.Kind, s_kinds);
            if (body.Recovery < TimeSpan.Zero || body.LostEvents < 0 || body.LostSpan < TimeSpan.Zero || body.Requests < 0 || body.FailedRequests < 0 || body.FailedRequests > body.Requests || body.Releases < 0)
                throw new ApiException(400, "drill-invalid", "a drill's numbers are zero or more, and no more requests fail than were sent", "signalbox drill rollback");
            await RecordAsync(parts, request, PracticeEvents.ToEntry(body, request.Principal)).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Body = json.DrillEnded, Example = Examples.DrillEnded, Status = 201, Answer = json.LedgerEntryView };

        yield return new("POST", "/api/v1/runbook-steps", "recordRunbookStep", Scope.Operate, "Record a step of a runbook that was taken", async request =>
        {
            var body = await request.BodyAsync(json.RunbookStepEnded).ConfigureAwait(false);
            CheckTrack(body.Application, body.Environment);
            request.Confine(body.Application, body.Environment);
            CheckWord("outcome", body.Outcome, s_outcomes);
            if (!PolicyBook.IsNamed(body.Runbook) || body.Step is < 1 or > 100) throw new ApiException(400, "runbook-invalid", "expected a runbook's name and a step from 1 to 100", "signalbox runbook list");
            await RecordAsync(parts, request, PracticeEvents.ToEntry(body with { Text = Texts.Line(ApiRequest.Required(body.Text, "text"), "text") }, request.Principal)).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Body = json.RunbookStepEnded, Example = Examples.RunbookStepEnded, Status = 201, Answer = json.LedgerEntryView };
    }

    private static async Task RunbooksAsync(ServerParts parts, ApiRequest request)
    {
        var (track, plane) = (request.Track, parts.ControlPlane);
        var status = await plane.StatusAsync(request.Cancel).ConfigureAwait(false);
        var known = status.Paths.Any(path => path.Application == track.Application && path.Environments.Contains(track.Environment));
        ApiRequest.Found(known ? status : null, "track", track.ToString());
        var serving = RunbookSubject.Serving(status, track.Application, track.Environment) is { } id ? await plane.ReleaseAsync(id, request.Cancel).ConfigureAwait(false) : null;
        var facts = RunbookSubject.Of(status, track.Application, track.Environment, Path.GetFullPath(parts.Options.StateDirectory), serving);
        await request.AnswerAsync(RunbookWriter.Of(facts), ApiRequest.Json.IReadOnlyListRunbook).ConfigureAwait(false);
    }

    private static void CheckTrack(string? application, string? environment)
    {
        if (!PolicyBook.IsNamed($"{application}/{environment}"))
            throw new ApiException(400, "track-invalid", "application and environment are names of lower-case letters, digits and dashes", "signalbox status");
    }

    private static void CheckWord(string what, string? word, string[] known)
    {
        if (!known.Contains(word)) throw new ApiException(400, $"{what}-invalid", $"{what} is none of {string.Join(", ", known)}", "signalbox drill --help");
    }

    private static async Task RecordAsync(ServerParts parts, ApiRequest request, NewEntry entry)
    {
        var appended = (await parts.ControlPlane.RecordAsync([entry], request.Cancel).ConfigureAwait(false))[0];
        await request.AnswerAsync(LedgerEntryView.Of(appended), ApiRequest.Json.LedgerEntryView, 201).ConfigureAwait(false);
    }
}
