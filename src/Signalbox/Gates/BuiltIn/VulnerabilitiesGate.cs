using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Gates.BuiltIn;

/// <summary>No critical vulnerability, and no high one that an update mends; what a VEX statement sets aside is named.</summary>
internal static class VulnerabilitiesGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        foreach (var artifact in context.Artifacts)
        {
            var findings = new ScanFindings(context, rule, artifact.Digest, FindingKind.Vulnerability, lines);
            if (Scanned.IsComplete(context, rule, artifact, findings, "vulnerability", "trivy.json", lines)) One(context, rule, artifact, findings, lines);
        }
    }

    private static void One(GateContext context, GateRule rule, (Digest, string) artifact, ScanFindings findings, GateLines lines)
    {
        var (block, fixable) = (GateValues.Rank(rule.Values("block")), GateValues.Rank(rule.Values("blockFixable")));
        var severe = findings.Findings.Where(found => found.Rank >= block || (found.Rank >= fixable && found.IsFixable)).OrderByDescending(found => found.Rank)
            .DistinctBy(found => (found.Finding.Id, Package(found.Finding), found.SetAside)).ToList();
        foreach (var found in severe.Where(found => found.SetAside is null))
            lines.Deny("gate-vulnerability", Text(context, artifact, found), Help(context, found), found.Item);
        foreach (var found in severe.Where(found => found.SetAside is not null))
            lines.Allow($"{found.Finding.Id} does not count until {found.Until:yyyy-MM-dd}: {found.SetAside}", found.Item);
        if (severe.TrueForAll(found => found.SetAside is not null))
            lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {findings.Tools} found {findings.Findings.Count} vulnerabilities, none that blocks"), findings.Scans.Select(scan => scan.Item));
    }

    private static string Text(GateContext context, (Digest, string) artifact, WeighedFinding found) =>
        $"{found.Finding.Id ?? "a vulnerability"} is {found.Severity} in {Package(found.Finding) ?? "an unnamed package"} of {context.Name(artifact)}"
        + (found.IsFixable ? $"; {(found.Finding.FixedVersions is [var mended, ..] ? mended : "an update")} mends it" : "; nothing mends it yet");

    private static string? Package(ScanFinding finding) => finding.Packages is [var name, ..] ? finding.Versions is [var version, ..] ? $"{name} {version}" : name : finding.Purl;

    private static string Help(GateContext context, WeighedFinding found) => found.IsFixable && found.Finding.Packages is [var package, ..]
        ? $"signalbox deploy --evidence results/   # once {Words.Quote(package)} is updated{(found.Finding.FixedVersions is [var mended, ..] ? $" to {Words.Quote(mended)}" : "")} and results/ has a new scan"
        : context.Add(EvidenceKind.Vex, "openvex.json") + "   # a statement about it, with its reason";
}
