using System.Text;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Gates;

namespace Signalbox.Cli.Control;

/// <summary>The part of the API that evidence, gates, policies and approvals have.</summary>
internal static class GateClient
{
    /// <param name="where">A release or a digest.</param>
    /// <param name="publicKey">PEM, or null.</param>
    /// <param name="check">Only say whether it would be taken.</param>
    public static Task<EvidenceView> AddEvidenceAsync(
        this ControlPlaneClient client, Stream content, string name, string? kind, string where, string? publicKey, string origin, bool check, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/evidence?name={Escape(name)}&origin={origin}&check={(check ? "true" : "false")}{(kind is null ? "" : "&kind=" + kind)}&{About(where)}") { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        if (publicKey is not null) request.Headers.Add("X-Signalbox-Public-Key", Convert.ToBase64String(Encoding.UTF8.GetBytes(publicKey)));
        return client.SendAsync(request, ApiJson.Default.EvidenceView, cancel);
    }

    public static Task<IReadOnlyList<EvidenceView>> EvidenceAsync(this ControlPlaneClient client, string? where, CancellationToken cancel) =>
        client.GetAsync("api/v1/evidence?limit=1000" + (where is null ? "" : "&" + About(where)), ApiJson.Default.IReadOnlyListEvidenceView, cancel);

    public static Task<EvidenceView> EvidenceByIdAsync(this ControlPlaneClient client, string id, CancellationToken cancel) =>
        client.GetAsync($"api/v1/evidence/{Escape(id)}", ApiJson.Default.EvidenceView, cancel);

    public static async Task<byte[]> EvidenceContentAsync(this ControlPlaneClient client, string id, CancellationToken cancel) =>
        await client.BytesAsync($"api/v1/evidence/{Escape(id)}/content", cancel).ConfigureAwait(false);

    public static Task<EvidenceView> WithdrawAsync(this ControlPlaneClient client, string id, string reason, CancellationToken cancel) =>
        client.PostAsync($"api/v1/evidence/{Escape(id)}/withdraw", new WithdrawEvidence(reason), ApiJson.Default.WithdrawEvidence, ApiJson.Default.EvidenceView, cancel);

    public static Task<GateReport> CheckGatesAsync(this ControlPlaneClient client, StartRollout rollout, CancellationToken cancel) =>
        client.PostAsync("api/v1/gates/check", rollout, ApiJson.Default.StartRollout, ApiJson.Default.GateReport, cancel);

    public static Task<GateDecisionView> DecisionAsync(this ControlPlaneClient client, string which, CancellationToken cancel) =>
        client.GetAsync($"api/v1/gates/decisions/{Escape(which)}", ApiJson.Default.GateDecisionView, cancel);

    /// <exception cref="SignalboxException">Nobody has submitted it there yet; exit code 3.</exception>
    public static async Task<GateDecisionView> NewestDecisionAsync(this ControlPlaneClient client, string release, string? environment, CancellationToken cancel)
    {
        var found = await client.GetAsync($"api/v1/gates/decisions?limit=1&release={Escape(release)}{(environment is null ? "" : "&environment=" + Escape(environment))}", ApiJson.Default.IReadOnlyListGateDecisionView, cancel).ConfigureAwait(false);
        return found is [var newest, ..] ? newest : throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "decision-none", $"the gates were not asked for {release} yet", new(release), $"signalbox gates check {release} --env {environment ?? "production"}"));
    }

    /// <param name="environment">Null for the newest decision, whatever it was for.</param>
    public static Task<byte[]> ReleaseProofAsync(this ControlPlaneClient client, string release, string? environment, CancellationToken cancel) =>
        client.BytesAsync($"api/v1/releases/{Escape(release)}/proof{(environment is null ? "" : "?environment=" + Escape(environment))}", cancel);

    public static Task<LedgerHeadView> LedgerHeadAsync(this ControlPlaneClient client, CancellationToken cancel) =>
        client.GetAsync("api/v1/ledger/head", ApiJson.Default.LedgerHeadView, cancel);

    public static Task<GateReplayView> ReplayAsync(this ControlPlaneClient client, string which, CancellationToken cancel) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/v1/gates/decisions/{Escape(which)}/replay"), ApiJson.Default.GateReplayView, cancel);

    public static Task<PolicyView> PolicyAsync(this ControlPlaneClient client, string scope, CancellationToken cancel) =>
        client.GetAsync($"api/v1/policy?scope={Escape(scope)}", ApiJson.Default.PolicyView, cancel);

    /// <param name="record">False: only say what would change.</param>
    public static Task<PolicySetView> SetPolicyAsync(this ControlPlaneClient client, string scope, byte[] text, bool record, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(record ? HttpMethod.Put : HttpMethod.Post, $"api/v1/policy{(record ? "" : "/diff")}?scope={Escape(scope)}") { Content = new ByteArrayContent(text) };
        request.Content.Headers.ContentType = new("application/yaml");
        return client.SendAsync(request, ApiJson.Default.PolicySetView, cancel);
    }

    public static Task<PolicyView> ApprovePolicyAsync(this ControlPlaneClient client, string scope, string digest, CancellationToken cancel) =>
        client.PostAsync("api/v1/policy/approve", new ApprovePolicy(scope, digest), ApiJson.Default.ApprovePolicy, ApiJson.Default.PolicyView, cancel);

    public static Task<EvidenceView> ApproveAsync(this ControlPlaneClient client, Approve approval, CancellationToken cancel) =>
        client.PostAsync("api/v1/approvals", approval, ApiJson.Default.Approve, ApiJson.Default.EvidenceView, cancel);

    public static Task<Release> ReleaseAsync(this ControlPlaneClient client, string id, CancellationToken cancel) =>
        client.GetAsync($"api/v1/releases/{Escape(id)}", ApiJson.Default.Release, cancel);

    private static string About(string where) => Digest.TryParse(where, out _) ? "subject=" + where : "release=" + Escape(where);

    private static string Escape(string part) => Uri.EscapeDataString(part);
}
