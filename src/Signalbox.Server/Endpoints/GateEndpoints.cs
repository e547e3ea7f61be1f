using System.Globalization;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Evidence.Signing;
using Signalbox.Gates;
using Signalbox.Gates.Proofs;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class GateEndpoints
{
    private static readonly Parameter Which = new("which", "path", "string", "a decision's ledger sequence, or a release for its newest decision", Required: true);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("POST", "/api/v1/gates/check", "checkGates", Scope.Deploy, "What the gates would say now; nothing begins", async request =>
        {
            var body = await request.BodyAsync(json.StartRollout).ConfigureAwait(false);
            ApiRequest.Required(body.Application, "application");
            ApiRequest.Required(body.Environment, "environment");
            ApiRequest.Required(body.Release, "release");
            request.Confine(body.Application, body.Environment);
            var report = await parts.Desk.LookAsync(() => parts.ControlPlane.CheckGatesAsync(body, request.Principal, request.Cancel), request.Cancel).ConfigureAwait(false);
            await request.AnswerAsync(report, json.GateReport).ConfigureAwait(false);
        })
        { Reach = Reach.Confined, Body = json.StartRollout, Example = Examples.StartRollout, Answer = json.GateReport };

        yield return new("GET", "/api/v1/gates/decisions", "listGateDecisions", Scope.Read, "Decisions of the gates, newest first", request =>
            request.AnswerAsync([.. Newest(parts, request.Query("release"), request.OfEnvironment).Where(decision => Covers(request, decision)).Take(request.Number("limit", 50, 1000))], json.IReadOnlyListGateDecisionView))
        {
            Reach = Reach.Confined,
            Parameters = [new("release", "query", "string", "only of this release"), Parameters.OfEnvironment, Parameters.Limit],
            Answer = json.IReadOnlyListGateDecisionView,
        };

        yield return new("GET", "/api/v1/gates/decisions/{which}", "getGateDecision", Scope.Read, "One decision with its reasons", request =>
            request.AnswerAsync(Find(parts, request), json.GateDecisionView))
        { Reach = Reach.Confined, Parameters = [Which], Answer = json.GateDecisionView };

        yield return new("POST", "/api/v1/gates/decisions/{which}/replay", "replayGateDecision", Scope.Read, "Decide again on the inputs that were kept", request => ReplayAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Which], Answer = json.GateReplayView };

        yield return new("GET", "/api/v1/releases/{id}/proof", "exportReleaseProof", Scope.Read, "A release's newest decision with all that it was made of, signed, in one file", request => ExportAsync(parts, request))
        { Reach = Reach.Confined, Parameters = [Parameters.Id, Parameters.OfEnvironment], AnswerMedia = ReleaseProof.MediaType };
    }

    private static async Task ExportAsync(ServerParts parts, ApiRequest request)
    {
        var found = Newest(parts, request.Route("id"), request.OfEnvironment).FirstOrDefault(decision => Covers(request, decision))
            ?? throw new ApiException(404, "decision-none", $"the gates were not asked for {Texts.Line(request.Route("id"), "release")} yet", "signalbox gates check RELEASE --env production");
        using var key = SigningKey.FromPem(parts.Key.ExportPrivatePem());
        try
        {
            var proof = await parts.Desk.LookAsync(
                () => ReleaseProof.WriteAsync(new(found.Decision, found.Sequence, found.Principal, parts.Ledger.Head.ToString()), parts.Desk.Contents, key, request.Cancel), request.Cancel).ConfigureAwait(false);
            request.Http.Response.ContentType = ReleaseProof.MediaType;
            request.Http.Response.ContentLength = proof.Length;
            await request.Http.Response.Body.WriteAsync(proof, request.Cancel).ConfigureAwait(false);
        }
        catch (ReleaseProofException e)
        {
            throw new ApiException(409, e.Id, e.Message, "signalbox gates replay RELEASE");
        }
    }

    private static bool Covers(ApiRequest request, GateDecisionView decision) =>
        TrackKey.Parse(decision.Track) is var track && request.Caller.Bound.Covers(track.Application, track.Environment);

    /// <summary>Of a release's decisions the newest that the caller's token is for.</summary>
    private static GateDecisionView Find(ServerParts parts, ApiRequest request)
    {
        var which = request.Route("which");
        var found = long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0
            ? parts.Ledger.Read(sequence - 1, 1).Select(View).OfType<GateDecisionView>().FirstOrDefault()
            : Newest(parts, which, null).FirstOrDefault(decision => Covers(request, decision));
        if (found is null) throw new ApiException(404, "decision-unknown", $"there is no decision '{(which.Length > 80 ? which[..80] : which)}'; expected its ledger sequence, or a release that was submitted", "signalbox history");
        return Covers(request, found) ? found : throw ApiRequest.NotFor(request.Caller.Bound);
    }

    /// <summary>From the ledger's end backwards, a page at a time.</summary>
    internal static IEnumerable<GateDecisionView> Newest(ServerParts parts, string? release, string? environment)
    {
        const int page = 500;
        for (var end = parts.Ledger.Head.Sequence; end > 0; end -= page)
            foreach (var entry in parts.Ledger.Read(Math.Max(0, end - page), (int)Math.Min(page, end)).Reverse())
                if (View(entry) is { } view && (release is null || view.Decision.Release == release) && (environment is null || view.Decision.Environment == environment)) yield return view;
    }

    private static GateDecisionView? View(LedgerEntry entry) =>
        GateEvents.FromEntry(entry) is { } decided ? new(entry.Sequence, entry.Stream, entry.Principal.Name, decided) : null;

    private static async Task ReplayAsync(ServerParts parts, ApiRequest request)
    {
        var found = Find(parts, request);
        var report = await parts.Desk.LookAsync(
            async () => await parts.Desk.ReloadAsync(found.Decision.Inputs, request.Cancel).ConfigureAwait(false) is { } inputs ? GateDecision.Decide(inputs) : null, request.Cancel).ConfigureAwait(false);
        await request.AnswerAsync(new GateReplayView(found.Sequence, report is null ? null : GateEvents.DigestOf(report) == found.Decision.Report, report), ApiRequest.Json.GateReplayView).ConfigureAwait(false);
    }
}
