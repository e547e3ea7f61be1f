namespace Signalbox.Audit.Output;

/// <summary>
/// Annotations for GitHub Actions (docs.github.com, "Workflow commands for GitHub Actions"): one line each. What a file says is
/// escaped as the runner's own toolkit does it, so that no finding can be read as another command.
/// </summary>
internal static class AuditGitHub
{
    public static void Write(TextWriter to, AuditReport report)
    {
        foreach (var finding in report.Findings) to.WriteLine(Line(finding));
    }

    private static string Line(AuditFinding finding)
    {
        var at = finding.Locations[0];
        var place = at.Line > 0 ? FormattableString.Invariant($",line={at.Line},endLine={at.Line},col={at.Column},endColumn={at.Column + at.Length}") : "";
        var text = $"{finding.Message}\n{finding.Help ?? finding.Rule.Remedy}";
        return $"::{Command(finding.Severity)} file={Property(at.Path)}{place},title={Property(finding.Rule.Id)}::{Data(text)}";
    }

    private static string Command(RuleSeverity severity) => severity switch
    {
        RuleSeverity.Critical or RuleSeverity.High => "error",
        RuleSeverity.Medium => "warning",
        _ => "notice",
    };

    // actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty
    private static string Data(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
