using Signalbox.Yaml;

namespace Signalbox.Audit.Ignores;

/// <summary>A comment that sets findings aside: <c># signalbox: ignore[rule, rule] reason</c>.</summary>
/// <param name="Range">The comment's own words, for what is said of it.</param>
/// <param name="Rules">As written.</param>
/// <param name="Line">The 1-based line whose findings it sets aside: its own where something stands before it, else the next that says something.</param>
internal sealed record InlineIgnore(SourceFile File, TextRange Range, IReadOnlyList<string> Rules, string Reason, int Line)
{
    public bool Covers(AuditFinding finding) => finding.Locations[0].Line == Line && Rules.Contains(finding.Rule.Id);
}

/// <summary>A finding that an ignore set aside.</summary>
public sealed record IgnoredFinding(AuditFinding Finding, string Reason);
