using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Audit.Output;

/// <summary>GitLab's code quality report (docs.gitlab.com, "Code Quality": a list of issues with stable fingerprints).</summary>
internal static class AuditGitLab
{
    public static string Render(AuditReport report) => JsonSerializer.Serialize(
        report.Findings.Select(f => Issue(f, report.Fingerprints.Of(f))).ToList(), GitLabJsonContext.Default.ListCodeQualityIssue);

    private static CodeQualityIssue Issue(AuditFinding finding, string fingerprint)
    {
        var at = finding.Locations[0];
        return new(finding.Message, finding.Rule.Id, fingerprint, Severity(finding.Severity), new(at.Path, new(Math.Max(1, at.Line))));
    }

    private static string Severity(RuleSeverity severity) => severity switch
    {
        RuleSeverity.Critical => "blocker",
        RuleSeverity.High => "critical",
        RuleSeverity.Medium => "major",
        RuleSeverity.Low => "minor",
        _ => "info",
    };
}

internal sealed record CodeQualityIssue(string Description, string CheckName, string Fingerprint, string Severity, CodeQualityPlace Location);

internal sealed record CodeQualityPlace(string Path, CodeQualityLines Lines);

internal sealed record CodeQualityLines(int Begin);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(List<CodeQualityIssue>))]
internal sealed partial class GitLabJsonContext : JsonSerializerContext;
