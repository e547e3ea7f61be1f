using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Each artifact has one verified signature by somebody who counts. One that does not verify harms nothing: anybody can make one.</summary>
internal static class SignatureGate
{
    // whose run it was may be an attacker's: the line to paste trusts no source that was only seen
    private const string SourcesLine = "signature: { mode: enforce, identities: […], issuers: […], sources: [github.com/OWNER/REPO] }   # in policy.yaml: whose runs count";

    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var signers = new SignerRules(rule, needsIssuers: true);
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Signature);
            var signatures = context.Read<SignatureFact>(items, lines);
            if (items.Count == 0) lines.Deny("gate-signature-missing", $"{context.Name(artifact)} is not signed; expected a signature of {artifact.Digest}", Remedy(context, artifact.Digest));
            else if (signers.LacksIssuers)
                lines.Undecided("gate-signature-no-issuers", $"the policy names identities and nobody who must vouch for them{Seen(signatures)}; expected issuers: whoever else vouches for such a name is not who is meant",
                    $"signature: {{ identities: [{string.Join(", ", rule.Values("identities").Select(name => $"\"{name}\""))}], issuers: [\"https://ISSUER\"] }}   # in policy.yaml: who must vouch for them", signatures.Select(s => s.Item));
            else if (signers.NamesNobody)
                lines.Undecided("gate-signature-nobody-trusted", "no policy says whose signatures count; expected keys or identities", "signature: { mode: enforce, keys: [\"sha256:…\"] }   # in policy.yaml", signatures.Select(s => s.Item));
            else One(context, artifact, signatures, signers, lines);
        }
    }

    private static string Seen(IReadOnlyList<(EvidenceItem Item, SignatureFact Facts)> signatures) =>
        signatures.Select(signature => signature.Facts.Signer).FirstOrDefault(signer => signer?.Issuer is not null) is { } signer ? $" (seen: {signer})" : "";

    /// <summary>Whether a rule lets this signature count for this artifact.</summary>
    public static bool Takes(GateRule rule, EvidenceItem item, SignatureFact facts, Digest artifact) =>
        Problem(item, facts, artifact, new(rule, needsIssuers: true)) is null;

    private static void One(GateContext context, (Digest Digest, string Services) artifact, IReadOnlyList<(EvidenceItem Item, SignatureFact Facts)> signatures, SignerRules signers, GateLines lines)
    {
        var judged = signatures.Select(signature => (signature.Item, signature.Facts, Problem: Problem(signature.Item, signature.Facts, artifact.Digest, signers))).ToList();
        if (judged.FirstOrDefault(signature => signature.Problem is null) is { Item: not null } good)
            lines.Allow($"{context.Name(artifact)} is signed by {good.Facts.Signer}", good.Item);
        else
            foreach (var (item, facts, problem) in judged)
                lines.Deny(Id(item), $"the signature of {context.Name(artifact)} does not count: {problem}", signers.LacksSources(facts.Signer) ? SourcesLine : Remedy(context, artifact.Digest), item);
    }

    private static string? Problem(EvidenceItem item, SignatureFact facts, Digest artifact, SignerRules signers)
    {
        if (item.Record.Verification.Verdict != VerificationVerdict.Verified) return item.Record.Verification.Steps is [.., var last] ? last : "it was not verified";
        return facts.Names.Contains(artifact) ? signers.Refuses(facts.Signer) : $"it is of {(facts.Names is [var other, ..] ? other : "something else")}";
    }

    /// <summary>A digest is signed by a statement about it that claims nothing more.</summary>
    private static string Remedy(GateContext context, Digest artifact) =>
        $"echo '{{}}' > none.json && signalbox attest {artifact} --type {SignedStatement.CosignSignature} --predicate none.json --key acme.key --bundle sig.json && signalbox evidence add signature sig.json --key acme.key.pub --release {context.Release.Id}";

    private static string Id(EvidenceItem item) => item.Record.Verification.Verdict == VerificationVerdict.Verified ? "gate-signature-not-trusted" : "gate-signature-invalid";
}
