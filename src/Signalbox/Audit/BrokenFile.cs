using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>The one finding of a file that cannot be read. It is no rule of the catalogue: it can be neither switched off nor fixed.</summary>
internal static class BrokenFile
{
    public static RuleInfo Info { get; } = new(
        "unreadable-file", "File that cannot be read", Theme.Delivery, RuleSeverity.Medium, ["all"],
        "What cannot be read is not checked, and the platform will refuse it or read something else", "Mend the syntax at the place named");

    public static AuditFinding Of(SourceFile file, YamlProblem problem) =>
        Finding(problem.Message, new(file.Path, problem.Span.Line, problem.Span.Column, problem.Span.Length, file.Text.Line(problem.Span.Line), problem.Annotation), problem.Help);

    public static AuditFinding Finding(string message, Location at, string? help = null) =>
        Notices.Of(Info, message, at, help);
}
