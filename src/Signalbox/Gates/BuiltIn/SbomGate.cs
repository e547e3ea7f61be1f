using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>Each artifact has an SBOM that names it: an SBOM of something else says nothing about it.</summary>
internal static class SbomGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var items = context.About(artifact.Digest, EvidenceKind.Sbom);
            var documents = context.Read<SbomFact>(items, lines);
            if (items.Count == 0)
                lines.Deny("gate-sbom-missing", $"{context.Name(artifact)} has no SBOM; expected CycloneDX or SPDX that names {artifact.Digest}", context.Add(EvidenceKind.Sbom, "sbom.cdx.json"));
            foreach (var (item, facts) in documents)
            {
                if (item.Record.Verification.Verdict == VerificationVerdict.Failed)
                    lines.Deny("gate-sbom-invalid", $"the signature over the SBOM of {context.Name(artifact)} does not hold", context.AddAnew(item, "signed anew, with --key where a plain key signs"), item);
                else if (facts.Names.Count > 0 && !facts.Names.Contains(artifact.Digest))
                    lines.Deny("gate-sbom-other-subject", $"the SBOM of {context.Name(artifact)} names {facts.Names[0]}; expected {artifact.Digest}", context.AddAnew(item), item);
                else if (facts.Names.Count == 0 && GateValues.Denies(rule.Values("unbound")))
                    lines.Deny("gate-sbom-unbound", $"the SBOM of {context.Name(artifact)} names no digest; expected {artifact.Digest} among the hashes of its component, or a signed statement about it",
                        context.AddAnew(item, "after: jq '.metadata.component.hashes = [{alg: \"SHA-256\", content: \"" + artifact.Digest.Hex + "\"}]'"), item);
                else if (facts.Missing.Count > 0 && GateValues.Denies(rule.Values("minimum")))
                    lines.Deny("gate-sbom-incomplete", $"the SBOM of {context.Name(artifact)} lacks {string.Join(", ", facts.Missing.Take(7))} of the NTIA minimum elements", context.AddAnew(item), item);
                else if (facts.Partial is { } partial && GateValues.Denies(rule.Values("gaps")))
                    lines.Undecided("gate-sbom-partial", $"the SBOM of {context.Name(artifact)} is not whole: {partial}; what is not in it is not known", context.AddAnew(item, "made anew from lockfiles that pin everything; or in policy.yaml: sbom: { gaps: allow }"), item);
                else if (Reuse.Allows(context, rule, item, lines))
                    lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {facts.Format} {facts.SpecVersion} with {facts.Components} components"), item);
            }
        }
    }
}
