using System.Globalization;
using Signalbox.Audit.Organisations;

namespace Signalbox.Audit.Output;

/// <summary>Many repositories as one table, and the rules that most of them break.</summary>
internal static class OrganisationText
{
    private const int RulesNamed = 10;

    private static readonly string[] s_heads = ["repository", "grade", "files", "critical", "high", "medium", "low", "info"];

    public static void Write(TextWriter to, OrganisationReport report)
    {
        string[][] rows = [s_heads, .. report.Repositories.Select(Row)];
        var widths = s_heads.Select((_, i) => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows)
            to.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        foreach (var repository in report.Repositories.Where(r => r.Problem is not null)) to.WriteLine($"{repository.Path}: {repository.Problem}");
        to.WriteLine();
        to.WriteLine($"{AuditReport.Count(report.Repositories.Sum(r => r.Findings), "finding")} in {Repositories(report)}");
        foreach (var rule in report.Rules.Take(RulesNamed)) to.WriteLine($"  {rule.Rule}: {AuditReport.Count(rule.Findings, "finding")} in {rule.Repositories} of {report.Repositories.Count}");
    }

    public static void WriteMarkdown(TextWriter to, OrganisationReport report)
    {
        to.WriteLine($"| {string.Join(" | ", s_heads)} |");
        to.WriteLine($"| --- | --- |{string.Concat(Enumerable.Repeat(" ---: |", s_heads.Length - 2))}");
        foreach (var repository in report.Repositories) to.WriteLine($"| {string.Join(" | ", Row(repository).Select(AuditMarkdown.Escaped))} |");
        to.WriteLine();
        to.WriteLine($"**{AuditReport.Count(report.Repositories.Sum(r => r.Findings), "finding")}** in {Repositories(report)}");
        if (report.Rules.Count > 0) to.WriteLine();
        foreach (var rule in report.Rules.Take(RulesNamed)) to.WriteLine($"- {AuditMarkdown.Escaped(rule.Rule)}: {AuditReport.Count(rule.Findings, "finding")} in {rule.Repositories} of {report.Repositories.Count}");
        foreach (var repository in report.Repositories.Where(r => r.Problem is not null)) to.WriteLine($"- {AuditMarkdown.Escaped(Plain(repository.Path))}: {AuditMarkdown.Escaped(repository.Problem!)}");
    }

    private static string Repositories(OrganisationReport report) => report.Repositories.Count == 1 ? "1 repository" : $"{report.Repositories.Count} repositories";

    private static string[] Row(RepositorySummary r) => [Plain(r.Path), r.Grade, .. ((int[])[r.Files, r.Critical, r.High, r.Medium, r.Low, r.Info]).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    // a folder's name may hold anything
    private static string Plain(string path) => string.Concat(path.Select(c => char.IsControl(c) ? ' ' : c));
}
