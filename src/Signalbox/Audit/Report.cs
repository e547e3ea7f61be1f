using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Where a rule says what it found. One report belongs to one rule and one file, or to one rule and the repository.</summary>
/// <param name="file">The file that findings are in unless they say otherwise; null for checks of the whole repository.</param>
internal sealed class Report(Rule rule, SourceFile? file, Repository repository, AuditPolicy policy, List<AuditFinding> findings)
{
    public SourceFile File => file ?? throw new InvalidOperationException($"{rule.Info.Id} checks no single file: name the file");

    /// <summary>Every file that was read.</summary>
    public Repository Repository => repository;

    public AuditPolicy Policy => policy;

    /// <param name="message">Lower case, no full stop: the thing and the value seen, and what was expected.</param>
    /// <param name="annotation">What is printed beside the underline.</param>
    /// <param name="help">One line to paste, where there is one.</param>
    public void At(TextRange range, string message, string? annotation = null, string? help = null, Fix? fix = null, Level? level = null) =>
        In(File, range, message, annotation, help, fix, level);

    public void At(YamlNode node, string message, string? annotation = null, string? help = null, Fix? fix = null, Level? level = null) =>
        In(File, node.Range, message, annotation, help, fix, level);

    public void In(SourceFile where, TextRange range, string message, string? annotation = null, string? help = null, Fix? fix = null, Level? level = null, params ReadOnlySpan<Location> related)
    {
        if (where.Rendering?.Hides(range, joins: file is null) == true) return;
        findings.Add(new(rule.Info, message, [where.At(range, annotation), .. related], level?.Severity ?? rule.Info.Severity,
            level?.Confidence ?? rule.Info.Confidence, level?.Persona ?? rule.Info.Persona, fix?.Edits.Any(e => e.Path == where.Path && where.IsElsewhere(e.Edit.Range)) == true ? null : fix, help));
    }

    /// <summary>A fix of this file.</summary>
    public Fix Fix(FixSafety safety, string title, params IEnumerable<TextEdit> edits) => new(safety, title, [.. edits.Select(e => new FileEdit(File.Path, e))]);
}

/// <summary>Where one finding differs from what its rule says in general.</summary>
internal sealed record Level(RuleSeverity? Severity = null, Confidence? Confidence = null, Persona? Persona = null)
{
    public static Level Pedantic { get; } = new(Persona: Audit.Persona.Pedantic);

    public static Level Auditor { get; } = new(Persona: Audit.Persona.Auditor);
}
