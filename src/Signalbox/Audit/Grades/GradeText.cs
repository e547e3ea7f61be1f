using Signalbox.Audit.Output;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Grades;

/// <summary>A grade for people.</summary>
internal static class GradeText
{
    /// <summary>The letters alone, in one line.</summary>
    public static string Letters(Grade grade) => $"{string.Join(", ", grade.Checks.Select(c => $"{c.Title} {c.Letter}"))} (--grades tells why)";

    public static void Write(TextWriter to, Grade grade)
    {
        foreach (var check in grade.Checks)
        {
            to.WriteLine();
            to.WriteLine($"{check.Letter} {check.Title}");
            foreach (var point in check.Points) to.WriteLine("  " + Line(point));
        }
        to.WriteLine();
        to.WriteLine("checklist");
        foreach (var point in grade.Checklist) to.WriteLine("  " + Line(point));
    }

    public static void WriteMarkdown(TextWriter to, Grade grade)
    {
        to.WriteLine("| check | grade | point | |");
        to.WriteLine("| --- | --- | --- | --- |");
        foreach (var check in grade.Checks)
            for (var i = 0; i < check.Points.Count; i++)
                to.WriteLine($"| {(i == 0 ? check.Title : "")} | {(i == 0 ? check.Letter : "")} | {Cell(check.Points[i])} |");
        to.WriteLine();
        to.WriteLine("<details><summary>Deployment checklist</summary>");
        to.WriteLine();
        to.WriteLine("| point | |");
        to.WriteLine("| --- | --- |");
        foreach (var point in grade.Checklist) to.WriteLine($"| {Cell(point)} |");
        to.WriteLine();
        to.WriteLine("</details>");
        to.WriteLine();
    }

    private static string Line(GradePoint point) => $"{Mark(point.Standing),-8} {point.Title}: {point.Because}{(point.At is { } at ? $" ({Place(at)})" : "")}";

    private static string Cell(GradePoint point) => $"{point.Title} | {Mark(point.Standing)}: {AuditMarkdown.Escaped(point.Because)}{(point.At is { } at ? $" ({AuditMarkdown.Escaped(Place(at))})" : "")}";

    private static string Mark(Standing standing) => standing.ToString().ToLowerInvariant();

    private static string Place(Location at) => at.Line > 0 ? FormattableString.Invariant($"{at.Path}:{at.Line}") : at.Path;
}
