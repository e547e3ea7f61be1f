using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>No critical vulnerability, and no high one that an update mends; what a VEX statement sets aside is named.</summary>
internal static class VulnerabilitiesGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var findings = new ScanFindings(context, rule, artifact.Digest, FindingClass.Vulnerability, lines);
            if (Scanned.IsComplete(context, rule, artifact, findings, "vulnerability", "trivy.json", lines)) One(context, rule, artifact, findings, lines);
        }
    }

    private static void One(GateContext context, GateRule rule, (Digest, string) artifact, ScanFindings findings, GateLines lines)
    {
        var (block, fixable, set) = (GateValues.Rank(rule.Values("block")), GateValues.Rank(rule.Values("blockFixable")), 0);
        var blocked = false;
        foreach (var (item, finding) in findings.Findings.Where(found => (int)found.Finding.Severity >= block || ((int)found.Finding.Severity >= fixable && found.Finding.FixedIn is not null))
            .OrderByDescending(found => found.Finding.Severity).DistinctBy(found => (found.Finding.Id, found.Finding.Package, found.Finding.Version)))
        {
            if (findings.SetAside(finding) is { } aside)
            {
                set++;
                lines.Allow($"{finding.Id} is set aside until {aside.Statement.Expires:yyyy-MM-dd} by {aside.Item.Record.By}: {aside.Statement.Reason}", aside.Item);
                continue;
            }
            blocked = true;
            lines.Deny("gate-vulnerability", Text(context, artifact, finding, findings), Help(context, finding), item);
        }
        if (!blocked) lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {string.Join(", ", findings.Scans.Select(scan => scan.Facts.Tool).Distinct())} found {findings.Findings.Count} vulnerabilities, none that blocks{(set > 0 ? $" ({set} set aside)" : "")}"), findings.Scans.Select(scan => scan.Item));
    }

    private static string Text(GateContext context, (Digest, string) artifact, ScanFinding finding, ScanFindings findings) =>
        $"{finding.Id} is {finding.Severity.ToString().ToLowerInvariant()} in {finding.Package ?? "an unnamed package"} {finding.Version} of {context.Name(artifact)}"
        + (finding.FixedIn is { } mended ? $"; {mended} mends it" : "; nothing mends it yet") + (findings.WhyNot(finding) is { } why ? $"; {why}" : "");

    private static string Help(GateContext context, ScanFinding finding) => finding.FixedIn is { } mended && finding.Package is { } package
        ? $"update {package} to {mended}, build anew, then: {context.Add(EvidenceKind.Scan, "trivy.json")}"
        : context.Add(EvidenceKind.Vex, "vex.json") + "   # a statement about it with a reason and an end";
}
