using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Where rules say what they found, one after another. One report belongs to one file or to the repository.</summary>
/// <param name="file">The file that findings are in unless they say otherwise; null for checks of the whole repository.</param>
internal sealed class Report(SourceFile? file, Repository repository, AuditPolicy policy, List<AuditFinding> findings)
{
    /// <summary>Who looks now: findings are its own.</summary>
    public required Rule Rule { get; set; }

    public SourceFile File => file ?? throw new InvalidOperationException($"{Rule.Info.Id} checks no single file: name the file");

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
        var info = Rule.Info;
        findings.Add(new(info, message, [where.At(range, annotation), .. related], level?.Severity ?? info.Severity,
            level?.Confidence ?? info.Confidence, level?.Persona ?? info.Persona, fix?.Edits.Any(e => e.Path == where.Path && where.IsElsewhere(e.Edit.Range)) == true ? null : fix, help));
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
