using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence.Reports;

namespace Signalbox.Gates.BuiltIn;

/// <summary>No severe finding in the code. What the scanner itself was told to pass over, in the code or in its own review, does not count.</summary>
internal static class SastGate
{
    public static void Ask(GateContext context, GateRule rule, GateLines lines)
    {
        var block = GateValues.Rank(rule.Values("block"));
        foreach (var artifact in context.Artifacts)
        {
            var findings = new ScanFindings(context, rule, artifact.Digest, FindingKind.Code, lines);
            if (!Scanned.IsComplete(context, rule, artifact, findings, "code", "semgrep.json", lines)) continue;
            var blocking = findings.Findings.Where(found => found.Rank >= block && found.SetAside is null && found.Finding.SetAside is null).ToList();
            foreach (var found in blocking)
                lines.Deny("gate-code-finding", Text(found), "signalbox deploy --evidence results/   # once it is mended and results/ has a new scan", found.Item);
            if (blocking.Count == 0)
                lines.Allow(string.Create(CultureInfo.InvariantCulture, $"{context.Name(artifact)}: {findings.Tools} found {findings.Findings.Count} things in the code, none that blocks"), findings.Scans.Select(scan => scan.Item));
        }
    }

    private static string Text(WeighedFinding found)
    {
        var place = found.Finding.Paths is [var path, ..] ? found.Finding.Lines is [var line, ..] ? string.Create(CultureInfo.InvariantCulture, $"{path}:{line}") : path : "an unnamed file";
        return $"{found.Finding.Id ?? "a finding"} is {found.Severity} at {place}{(found.Finding.Titles is [var title, ..] ? $": {title}" : "")}";
    }
}
