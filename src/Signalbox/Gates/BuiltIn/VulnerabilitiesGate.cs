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
    /// <summary>Of the line that tells how many critical vulnerabilities are let through.</summary>
    public const string CriticalId = "gate-critical-there";

    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var scanned = context.Artifacts.Select(artifact => (Artifact: artifact, Findings: new ScanFindings(context, rule, artifact.Digest, FindingKind.Vulnerability, lines))).ToList();
        SayCritical(rule, scanned.SelectMany(scan => scan.Findings.Findings), lines);
        foreach (var (artifact, findings) in scanned)
            if (Scanned.IsComplete(context, rule, artifact, findings, "vulnerability", "trivy.json", lines)) One(context, rule, artifact, findings, lines);
    }

    /// <summary>First, before lines become too many to show: that nothing blocks does not say that nothing critical is there.</summary>
    private static void SayCritical(GateRule rule, IEnumerable<WeighedFinding> findings, GateLines lines)
    {
        var through = findings.Where(found => found.Finding.Severity == FindingSeverity.Critical && !(found.SetAside is null && Blocks(rule, found))).ToList();
        if (through.Count > 0)
            lines.Note(CriticalId, string.Create(CultureInfo.InvariantCulture, $"critical findings that are let through: {through.Count}, of them set aside: {through.Count(found => found.SetAside is not null)}"), through.Select(found => found.Item).Take(20));
    }

    private static bool Blocks(GateRule rule, WeighedFinding found) =>
        found.Rank >= GateValues.Rank(rule.Values("block")) || (found.Rank >= GateValues.Rank(rule.Values("blockFixable")) && found.IsFixable);

    private static void One(GateContext context, GateRule rule, (Digest, string) artifact, ScanFindings findings, GateLines lines)
    {
        var severe = findings.Findings.Where(found => Blocks(rule, found)).OrderByDescending(found => found.Rank)
            .DistinctBy(found => (found.Finding.Id, Package(found.Finding), found.SetAside)).ToList();
        foreach (var found in severe.Where(found => found.SetAside is null))
            lines.Deny("gate-vulnerability", Text(context, artifact, found), Help(context, rule, found), found.Item);
        foreach (var found in severe.Where(found => found.SetAside is not null))
            lines.Allow($"{found.Finding.Id} does not count until {found.Until:yyyy-MM-dd}: {found.SetAside}", found.Item);
        if (severe.TrueForAll(found => found.SetAside is not null))
            lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {findings.Tools} found {findings.Findings.Count} vulnerabilities, none that blocks"), findings.Scans.Select(scan => scan.Item));
    }

    private static string Text(GateContext context, (Digest, string) artifact, WeighedFinding found) =>
        $"{found.Finding.Id ?? "a vulnerability"} is {found.Severity} in {Package(found.Finding) ?? "an unnamed package"} of {context.Name(artifact)}"
        + (found.IsFixable ? $"; {(found.Finding.FixedVersions is [var mended, ..] ? mended : "an update")} mends it" : "; nothing mends it yet");

    private static string? Package(ScanFinding finding) => finding.Packages is [var name, ..] ? finding.Versions is [var version, ..] ? $"{name} {version}" : name : finding.Purl;

    private static string Help(GateContext context, GateRule rule, WeighedFinding found) => found.IsFixable && found.Finding.Packages is [var package, ..]
        ? $"signalbox deploy --evidence results/   # once {Words.Quote(package)} is updated{(found.Finding.FixedVersions is [var mended, ..] ? $" to {Words.Quote(mended)}" : "")} and results/ has a new scan"
        : context.Add(EvidenceKind.Vex, "openvex.json") + $"   # a statement about it, with its reason and time, handed in by {By(context, rule)}";

    /// <summary>Whose statements are heard: anybody else's line would set nothing aside.</summary>
    private static string By(GateContext context, GateRule rule) => rule.Settings.GetValueOrDefault("vexFrom") is { } from
        ? $"{string.Join(" or ", from.Take(5))}, whom vexFrom names"
        : $"somebody else than {string.Join(" and ", new[] { context.Release.Submitter, context.Release.Creator }.OfType<string>().Concat(context.Inputs.Starters).Distinct(StringComparer.Ordinal))}";
}
