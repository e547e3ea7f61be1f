using System.Globalization;
using Signalbox.Audit.Grades;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Output;

/// <summary>Findings for people: the first of a rule in a file with its source, the others folded to their lines.</summary>
internal static class AuditText
{
    private const int LinesNamed = 12;

    /// <param name="grades">Whether each point of the grade is told, not its letters alone.</param>
    public static void Write(TextWriter to, AuditReport report, bool colour, bool grades)
    {
        FindingText.Write(to, report.Folded().Select(group => Shown(group)), colour);
        if (report.Findings.Count > 0) to.WriteLine();
        var severities = report.Severities is { Length: > 0 } some ? $": {some}" : "";
        var aside = report.SetAside is { Length: > 0 } left ? $" ({left})" : "";
        to.WriteLine($"{AuditReport.Count(report.Findings.Count, "finding")} in {AuditReport.Count(report.FilesRead, "file")}{severities}{aside}");
        if (grades) GradeText.Write(to, report.Grade);
        else to.WriteLine($"grades{(report.OfWhole ? " of the whole repository" : "")}: {GradeText.Letters(report.Grade)}");
    }

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
