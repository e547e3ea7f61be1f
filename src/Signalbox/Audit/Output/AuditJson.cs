using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Output;

/// <summary>The report for programs: every finding, none folded.</summary>
internal static class AuditJson
{
    public static string Render(IReadOnlyList<AuditFinding> findings, int filesRead) =>
        JsonSerializer.Serialize(new AuditView([.. findings.Select(View)], filesRead), AuditJsonContext.Default.AuditView);

    /// <summary>What <c>explain</c> answers.</summary>
    public static string Render(RuleInfo rule) => JsonSerializer.Serialize(rule, AuditJsonContext.Default.RuleInfo);

    private static AuditFindingView View(AuditFinding f) => new(
        f.Rule.Id, f.Rule.Title, f.Severity, f.Confidence, f.Persona, f.Message, f.Locations, f.Rule.Rationale, f.Help ?? f.Rule.Remedy, f.HandTo,
        f.Fix is { } fix ? new(fix.Safety, fix.Title, [.. fix.Edits.Select(e => new EditView(e.Path, e.Edit.Range.Start, e.Edit.Range.Length, e.Edit.Replacement))]) : null);
}

/// <param name="Files">How many files were read.</param>
internal sealed record AuditView(IReadOnlyList<AuditFindingView> Findings, int Files);

internal sealed record AuditFindingView(
    string Rule, string Title, RuleSeverity Severity, Confidence Confidence, Persona Persona, string Message, IReadOnlyList<Location> Locations,
    string Why, string Help, string HandTo, FixView? Fix);

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
internal sealed partial class AuditJsonContext : JsonSerializerContext;
