using System.Text;
using Signalbox.Api;
using Signalbox.Delivery.Policies;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Endpoints;

internal static class PolicyEndpoints
{
    private const int MostBytes = 256 << 10;

    private static readonly Parameter Scoped = new("scope", "query", "string", "an environment (production), one application's (shop/production), or * for every environment without one of its own", Required: true);

    public static IEnumerable<ApiEndpoint> Of(ServerParts parts)
    {
        var json = ApiRequest.Json;
        yield return new("GET", "/api/v1/policies", "listPolicies", Scope.Read, "Policies in force", request =>
            request.AnswerAsync([.. parts.Desk.Policies.All.Select(policy => View(parts, policy))], json.IReadOnlyListPolicyView))
        { Reach = Reach.Nobodys, Answer = json.IReadOnlyListPolicyView };

        yield return new("GET", "/api/v1/policy", "getPolicy", Scope.Read, "One policy, with what waits to take its place", request =>
            request.AnswerAsync(Shown(parts, ScopeOf(request)), json.PolicyView))
        { Reach = Reach.Nobodys, Parameters = [Scoped], Answer = json.PolicyView };

        yield return new("PUT", "/api/v1/policy", "setPolicy", Scope.Admin, "Set a policy; what weakens one waits for somebody else's approval", request => SetAsync(parts, request, record: true))
        { Parameters = [Scoped], RawBody = "application/yaml", Answer = json.PolicySetView };

        yield return new("POST", "/api/v1/policy/diff", "diffPolicy", Scope.Read, "What a policy would change", request => SetAsync(parts, request, record: false))
        { Reach = Reach.Nobodys, Parameters = [Scoped], RawBody = "application/yaml", Answer = json.PolicySetView };

        yield return new("POST", "/api/v1/policy/approve", "approvePolicy", Scope.Approve, "Let a weaker policy take effect that somebody else proposed", request => ApproveAsync(parts, request))
        { Reach = Reach.Confined, Body = json.ApprovePolicy, Example = Examples.ApprovePolicy, Answer = json.PolicyView };
    }

    private static StoredPolicy Found(ServerParts parts, string scope) => parts.Desk.Policies.Find(scope)
        ?? throw new ApiException(404, "policy-unknown", parts.Desk.Policies.InForce(scope) is not null ? $"{scope} has no policy of its own; the one of '{PolicyBook.Everywhere}' holds"
            : $"{scope} has no policy, so its gates warn", $"signalbox policy set {scope} -f policy.yaml");

    private static string ScopeOf(ApiRequest request) => ScopeOf(request.Query("scope"));

    private static string ScopeOf(string? scope) => PolicyBook.IsScope(scope) ? scope! : throw new ApiException(400, "scope-invalid", $"scope is '{(scope?.Length > 80 ? scope[..80] : scope)}'; expected ENVIRONMENT, APPLICATION/ENVIRONMENT or *", "signalbox policy set production -f policy.yaml");

    private static PolicyView View(ServerParts parts, StoredPolicy policy)
    {
        var view = new PolicyView(policy.Scope, policy.Digest.Value, policy.Text, policy.By.Name, policy.At, null, null);
        return parts.Desk.Policies.Proposal(policy.Scope) is { } waiting ? With(parts, view, waiting) : view;
    }

    /// <summary>Who is to approve it has to see it.</summary>
    private static PolicyView With(ServerParts parts, PolicyView view, PolicyProposal waiting) => view with
    {
        Proposed = waiting.Digest.Value,
        ProposedBy = waiting.By.Name,
        ProposedText = waiting.Text,
        ProposedChanges = PolicyReader.Read(Encoding.UTF8.GetBytes(waiting.Text), "policy.yaml", _ => true).Policy is { } policy ? PolicyChangeDesk.Compare(parts.Desk.Policies, waiting.Scope, policy) : null,
    };

    /// <summary>A first policy that weakens waits where nothing of its own is in force.</summary>
    private static PolicyView Shown(ServerParts parts, string scope) => parts.Desk.Policies.Find(scope) is null && parts.Desk.Policies.Proposal(scope) is { } waiting
        ? With(parts, new(scope, "", "", "", waiting.At, null, null), waiting)
        : View(parts, Found(parts, scope));

    private static async Task SetAsync(ServerParts parts, ApiRequest request, bool record)
    {
        var scope = ScopeOf(request);
        var text = await request.BytesAsync(MostBytes).ConfigureAwait(false);
        var file = PolicyReader.Read(text, "policy.yaml", Zones.Knows);
        if (file.Policy is not { } policy)
            throw new ApiException(400, "policy-invalid", $"the policy has errors: {string.Join("; ", file.Findings.Where(finding => finding.Severity == Severity.Error).Take(20).Select(finding => $"line {finding.Locations[0].Line}: {finding.Message}"))}", "signalbox policy diff production -f policy.yaml");
        // what is compared must be what it takes the place of: two at once would each be compared with the one before both
        var outcome = await parts.Desk.ChangeAsync(async () =>
        {
            var made = PolicyChangeDesk.Set(parts.Desk.Policies, scope, Encoding.UTF8.GetString(text), policy, request.Principal, parts.Tokens.HasOther(Scope.Approve, request.Principal, bound => bound.CoversPolicy(scope)));
            if (record && made.Entry is { } entry) await RecordAsync(parts, request, entry).ConfigureAwait(false);
            return made;
        }, request.Cancel).ConfigureAwait(false);
        await request.AnswerAsync(new PolicySetView(scope, outcome.Digest.Value, outcome.Waits, outcome.Entry is null, outcome.Changes), ApiRequest.Json.PolicySetView).ConfigureAwait(false);
    }

    private static async Task ApproveAsync(ServerParts parts, ApiRequest request)
    {
        var body = await request.BodyAsync(ApiRequest.Json.ApprovePolicy).ConfigureAwait(false);
        var (scope, digest) = (ScopeOf(ApiRequest.Required(body.Scope, "scope")), request.Digest("digest", ApiRequest.Required(body.Digest, "digest")));
        if (!request.Caller.Bound.CoversPolicy(scope)) throw ApiRequest.NotFor(request.Caller.Bound);
        await parts.Desk.ChangeAsync(async () =>
        {
            var (entry, refusal) = PolicyChangeDesk.Approve(parts.Desk.Policies, scope, digest, request.Principal, parts.Options.Time.GetUtcNow());
            if (refusal is not null) throw new ApiException(409, "policy-not-approved", refusal, $"signalbox policy show {scope}");
            await RecordAsync(parts, request, entry!).ConfigureAwait(false);
            return entry;
        }, request.Cancel).ConfigureAwait(false);
        await request.AnswerAsync(View(parts, parts.Desk.Policies.Find(scope)!), ApiRequest.Json.PolicyView).ConfigureAwait(false);
    }

    private static async Task RecordAsync(ServerParts parts, ApiRequest request, NewEntry entry)
    {
        foreach (var appended in await parts.ControlPlane.RecordAsync([entry], request.Cancel).ConfigureAwait(false)) parts.Desk.Apply(appended);
    }
}
