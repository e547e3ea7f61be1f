using System.Globalization;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Output;

/// <summary>Findings for people: the first of a rule in a file with its source, the others folded to their lines.</summary>
internal static class AuditText
{
    private const int LinesNamed = 12;

    public static void Write(TextWriter to, IReadOnlyList<AuditFinding> findings, int filesRead, bool colour)
    {
        FindingText.Write(to, Folded(findings).Select(group => Shown(group)), colour);
        if (findings.Count > 0) to.WriteLine();
        to.WriteLine($"{Count(findings.Count, "finding")} in {Count(filesRead, "file")}{Severities(findings)}");
    }

    private static string Severities(IReadOnlyList<AuditFinding> findings)
    {
        var parts = findings.GroupBy(f => f.Severity).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}").ToList();
        return parts.Count == 0 ? "" : $": {string.Join(", ", parts)}";
    }

    private static string Count(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";

    /// <summary>One group for each rule and file, in the order of their first findings.</summary>
    public static IEnumerable<IReadOnlyList<AuditFinding>> Folded(IReadOnlyList<AuditFinding> findings) =>
        findings.GroupBy(f => (f.Locations[0].Path, f.Rule.Id)).Select(g => g.ToList());

    private static Finding Shown(IReadOnlyList<AuditFinding> group)
    {
        var finding = group[0].ToFinding();
        return group.Count == 1 ? finding : finding with { Help = $"{finding.Help}\n{More(group)}" };
    }

    private static string More(IReadOnlyList<AuditFinding> group)
    {
        var lines = group.Skip(1).Select(f => f.Locations[0].Line).Distinct().ToList();
        var named = string.Join(", ", lines.Take(LinesNamed).Select(l => l.ToString(CultureInfo.InvariantCulture)));
        return $"{group.Count - 1} more in this file, line {named}{(lines.Count > LinesNamed ? ", …" : "")}";
    }
}
