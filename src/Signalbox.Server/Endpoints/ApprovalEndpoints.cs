using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class ApprovalEndpoints
{
    private static readonly TimeSpan OverrideValidFor = TimeSpan.FromHours(4), MostOverride = TimeSpan.FromDays(7);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("POST", "/api/v1/approvals", "approveRelease", Scope.Approve, "Approve a release for an environment, or let it through a freeze window or past an environment that it has not succeeded in", request => ApproveAsync(parts, request))
        { Reach = Reach.Confined, Body = json.Approve, Example = Examples.Approve, Status = 201, Answer = json.EvidenceView };
    }

    private static async Task ApproveAsync(ServerParts parts, ApiRequest request)
    {
        var body = await request.BodyAsync(ApiRequest.Json.Approve).ConfigureAwait(false);
        var id = ApiRequest.Required(body.Release, "release");
        var environment = ApiRequest.Required(body.Environment, "environment");
        var release = await ReleaseEndpoints.FindAsync(parts, request, id).ConfigureAwait(false);
        request.Confine(release.Application, environment);
        var configuration = release.In(environment) ?? throw new ApiException(404, "environment-unknown", $"{id} has no environment '{environment}'; expected one of {string.Join(", ", release.Environments.Select(known => known.Name))}");
        var facts = FactsOf(body, release, configuration, parts.Options.Time.GetUtcNow());
        var kind = facts is ApprovalFact ? EvidenceKind.Approval : EvidenceKind.Override;
        var taken = await parts.Desk.Intake.MakeAsync(kind, facts, ReleaseDigest.Of(release), request.Principal, parts.Options.Time.GetUtcNow(), request.Cancel).ConfigureAwait(false);
        var appended = (await parts.ControlPlane.RecordAsync([taken], request.Cancel).ConfigureAwait(false))[0];
        parts.Desk.Apply(appended);
        await request.AnswerAsync(EvidenceView.Of(EvidenceEvents.RecordFrom(appended)!, null), ApiRequest.Json.EvidenceView, 201).ConfigureAwait(false);
    }

    private static EvidenceFacts FactsOf(Approve body, Release release, EnvironmentConfiguration configuration, DateTimeOffset now)
    {
        var comment = body.Comment is { Length: > 0 } text ? Texts.Line(text, "comment") : null;
        var (content, digest) = (ReleaseDigest.Of(release), ConfigurationDigest.Of(configuration));
        if (body.Override is null) return new ApprovalFact(release.Application, configuration.Name, content, digest, comment);
        if (!GateTable.Overridable.Contains(body.Override))
            throw new ApiException(400, "override-unknown", $"only {string.Join(" and ", GateTable.Overridable)} can be overridden; expected override to be one of {string.Join(", ", GateTable.Overridable)}", "signalbox approve RELEASE --env ENVIRONMENT --override freeze --comment 'why it cannot wait'");
        if (comment is null) throw new ApiException(400, "override-without-reason", "an override says why it cannot wait; expected a comment", "signalbox approve RELEASE --env ENVIRONMENT --override freeze --comment 'why it cannot wait'");
        var validFor = body.ValidFor ?? OverrideValidFor;
        if (validFor <= TimeSpan.Zero || validFor > MostOverride) throw new ApiException(400, "validity-out-of-range", $"validFor is {validFor}; expected up to {MostOverride.Days} days");
        return new OverrideFact(body.Override, release.Application, configuration.Name, content, digest, comment, now + validFor);
    }
}
