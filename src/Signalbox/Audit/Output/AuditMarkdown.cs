using System.Text;
using Signalbox.Audit.Grades;

namespace Signalbox.Audit.Output;

/// <summary>A summary for a job's page or a review: counts, grades, and the findings folded by rule and file.</summary>
internal static class AuditMarkdown
{
    // GitHub takes a summary of 1 MiB; nobody reads more rows than these
    private const int MostRows = 200;

    public static void Write(TextWriter to, AuditReport report)
    {
        to.WriteLine("## Delivery audit");
        to.WriteLine();
        to.WriteLine($"**{AuditReport.Count(report.Findings.Count, "finding")}** in {AuditReport.Count(report.FilesRead, "file")}"
            + $"{(report.Severities is { Length: > 0 } some ? ": " + some : "")}{(report.SetAside is { Length: > 0 } aside ? $" ({aside})" : "")}");
        to.WriteLine();
        GradeText.WriteMarkdown(to, report.Grade);
        var groups = report.Folded().OrderByDescending(g => g.Max(f => f.Severity)).ToList();
        if (groups.Count == 0) return;
        to.WriteLine("| severity | rule | where | what |");
        to.WriteLine("| --- | --- | --- | --- |");
        foreach (var group in groups.Take(MostRows)) to.WriteLine(Row(group));
        if (groups.Count > MostRows)
        {
            to.WriteLine();
            to.WriteLine($"… and {groups.Count - MostRows} more.");
        }
    }

    private static string Row(IReadOnlyList<AuditFinding> group)
    {
        var (first, at) = (group[0], group[0].Locations[0]);
        var place = at.Line > 0 ? FormattableString.Invariant($"{at.Path}:{at.Line}") : at.Path;
        return $"| {first.Severity.ToString().ToLowerInvariant()} | {Escaped(first.Rule.Id)} | {Escaped(place)}{(group.Count > 1 ? $" and {group.Count - 1} more" : "")} | {Escaped(first.Message)} |";
    }

    /// <summary>Text that stays text: no mark-up, no link, no mention, no end of the cell.</summary>
    internal static string Escaped(string text)
    {
        var safe = new StringBuilder(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c)) safe.Append(' ');
            else if (c == '<') safe.Append("&lt;");
            // hosts look for mentions, issues and addresses in what is shown, so that an escape is not enough: a comment parts them
            else if (c is '@' or '#' || (c == ':' && text.AsSpan(i).StartsWith("://")) || (c == '.' && i >= 3 && text.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase)))
                safe.Append(c == '#' ? "\\#" : c.ToString()).Append("<!-- -->");
            else if (c is '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '~' or '!' or '$') safe.Append('\\').Append(c);
            else safe.Append(c);
        }
        return safe.ToString();
    }
}
