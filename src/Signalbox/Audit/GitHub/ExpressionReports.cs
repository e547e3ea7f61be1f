using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>Findings at expressions.</summary>
internal static class ExpressionReports
{
    /// <summary>The place in the file of a piece of the value.</summary>
    public static TextRange InFile(this Report report, ExpressionText text, TextRange piece) => YamlPosition.InText(report.File.Text, text.Scalar, piece);

    public static void At(this Report report, ExpressionText text, TextRange piece, string message, string? annotation = null, string? help = null, Fix? fix = null, Level? level = null) =>
        report.At(report.InFile(text, piece), message, annotation, help, fix, level);
}
