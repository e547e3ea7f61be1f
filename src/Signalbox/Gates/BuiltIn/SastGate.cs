using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>No severe finding in the code.</summary>
internal static class SastGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var block = GateValues.Rank(rule.Values("block"));
        foreach (var artifact in context.Artifacts)
        {
            var findings = new ScanFindings(context, rule, artifact.Digest, FindingClass.Code, lines);
            if (!Scanned.IsComplete(context, rule, artifact, findings, "code", "semgrep.json", lines)) continue;
            var blocking = findings.Findings.Where(found => (int)found.Finding.Severity >= block && findings.SetAside(found.Finding) is null).ToList();
            foreach (var (item, finding) in blocking)
                lines.Deny("gate-code-finding", string.Create(CultureInfo.InvariantCulture, $"{finding.Id} is {finding.Severity.ToString().ToLowerInvariant()} at {finding.Path ?? "an unnamed file"}:{finding.Line ?? 0}{(finding.Title is { } title ? $": {title}" : "")}"),
                    $"mend it, build anew, then: {context.Add(EvidenceKind.Scan, "semgrep.json")}", item);
            if (blocking.Count == 0)
                lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {string.Join(", ", findings.Scans.Select(scan => scan.Facts.Tool).Distinct())} found {findings.Findings.Count} things in the code, none that blocks"), findings.Scans.Select(scan => scan.Item));
        }
    }
}
