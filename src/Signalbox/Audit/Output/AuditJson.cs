using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Audit.Grades;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Output;

/// <summary>The report for programs: every finding, none folded.</summary>
internal static class AuditJson
{
    public static string Render(AuditReport report) => JsonSerializer.Serialize(
        new AuditView([.. report.Findings.Select(f => View(f, report.Fingerprints.Of(f)))], report.FilesRead, report.Ignored, report.Known, report.Grade), AuditJsonContext.Default.AuditView);

    /// <summary>What <c>explain</c> answers.</summary>
    public static string Render(RuleInfo rule) => JsonSerializer.Serialize(rule, AuditJsonContext.Default.RuleInfo);

    /// <summary>What an audit of many repositories answers.</summary>
    public static string Render(Organisations.OrganisationReport report) => JsonSerializer.Serialize(report, AuditJsonContext.Default.OrganisationReport);

    // a minified file is one line, and each of its findings would hold all of it
    private static Location Shown(Location at) => at.SourceLine is { Length: > LongestLine } line
        ? at with { SourceLine = line.Substring(Math.Clamp(at.Column - 1 - (LongestLine / 2), 0, line.Length - LongestLine), LongestLine) } : at;

    private const int LongestLine = 1_000;

    private static AuditFindingView View(AuditFinding f, string fingerprint) => new(
        f.Rule.Id, f.Rule.Title, f.Severity, f.Confidence, f.Persona, f.Message, [.. f.Locations.Select(Shown)], f.Rule.Rationale, f.Help ?? f.Rule.Remedy, f.HandTo, fingerprint,
        f.Fix is { } fix ? new(fix.Safety, fix.Title, [.. fix.Edits.Select(e => new EditView(e.Path, e.Edit.Range.Start, e.Edit.Range.Length, e.Edit.Replacement))]) : null);
}

/// <param name="Files">How many files were read.</param>
/// <param name="Ignored">How many findings comments set aside.</param>
/// <param name="Known">How many findings the baseline knows.</param>
internal sealed record AuditView(IReadOnlyList<AuditFindingView> Findings, int Files, int Ignored, int Known, Grade Grade);

/// <param name="Fingerprint">The same as long as rule, file, line's text and message stay.</param>
internal sealed record AuditFindingView(
    string Rule, string Title, RuleSeverity Severity, Confidence Confidence, Persona Persona, string Message, IReadOnlyList<Location> Locations,
    string Why, string Help, string HandTo, string Fingerprint, FixView? Fix);

internal sealed record FixView(FixSafety Safety, string Title, IReadOnlyList<EditView> Edits);

/// <param name="Offset">In UTF-16 units of the file's text, the byte order mark not counted.</param>
internal sealed record EditView(string Path, int Offset, int Length, string Replacement);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(RuleInfo))]
[JsonSerializable(typeof(Organisations.OrganisationReport))]
internal sealed partial class AuditJsonContext : JsonSerializerContext;
