using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.GitHubActions.Expressions.Types;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ConstantConditionRule : ExpressionCheck
{
    public override RuleInfo Info { get; } = new(
        "constant-condition", "Condition that is always true or false", Theme.Triggers, RuleSeverity.High, ["github-actions"],
        "A guard that never varies guards nothing", "Write the condition without ${{ }}, or with nothing around it, not even a line break")
    {
        Fix = FixSafety.Unsafe,
        Details = "A condition with `${{ }}` and anything beside it is text, and text that is not empty is true: block scalars (`if: |`) end in a line break, which is "
            + "enough. A condition of literals alone never varies either; that one is pedantic where it is a bare `true` or `false`, a switch left on purpose.",
    };

    protected override void Check(IReadOnlyList<ExpressionText> texts, Report report)
    {
        foreach (var text in texts.Where(t => t.Shape == ValueShape.Condition))
        {
            if (IsText(text)) report.At(text.Scalar, "the condition is text and therefore always true: something stands beside ${{ }}", Beside(text.Scalar), fix: Mend(text, report));
            else if (text.Parts is [{ Root: { } root }] && IsConstant(root))
                report.At(text.Scalar, "the condition never varies: it holds nothing but literals", level: root is BooleanLiteral ? Level.Pedantic : null);
        }
    }

    private static bool IsText(ExpressionText text) =>
        text.Parts[0].Fenced && (text.Parts.Length > 1 || text.Parts[0].Outer != new TextRange(0, text.Scalar.Value.Length)) && text.Parts.All(p => p.Problem is null);

    private static string Beside(YamlScalar scalar) => scalar.Style is YamlStyle.Literal or YamlStyle.Folded && scalar.Value.EndsWith('\n') ? "the block ends in a line break" : "expected one ${{ }} alone";

    internal static bool IsConstant(Expression expression) => expression switch
    {
        _ when expression.IsLiteral => true,
        NotOperation or Comparison or LogicalOperation => expression.Children.All(IsConstant),
        FunctionCall call => FunctionTable.Find(call.Name) is { } known && known.All(f => f.Constant) && call.Arguments.All(IsConstant),
        _ => false,
    };

    /// <summary>A block loses its last line break; otherwise the braces go, where one stands alone.</summary>
    private static Fix? Mend(ExpressionText text, Report report)
    {
        var (scalar, file) = (text.Scalar, report.File.Text);
        if (text.Parts is [var only] && scalar.Style is YamlStyle.Literal or YamlStyle.Folded && only.Outer.Start == 0 && scalar.Value[only.Outer.End..].All(c => c == '\n'))
        {
            var header = file.Content.AsSpan(scalar.Range.Start).IndexOfAny('\n', '\r');
            var sign = file.Content[scalar.Range.Start..(scalar.Range.Start + header)];
            var chomp = sign.IndexOf('+') is >= 0 and var plus ? new TextEdit(new(scalar.Range.Start + plus, scalar.Range.Start + plus + 1), "-") : new TextEdit(new(scalar.Range.Start + 1, scalar.Range.Start + 1), "-");
            return report.Fix(FixSafety.Unsafe, "strip the block's last line break", chomp);
        }
        return scalar.Style != YamlStyle.Plain || Bare(text) is not { } bare ? null : report.Fix(FixSafety.Unsafe, "evaluate the condition as a whole", YamlPatch.SetScalar(scalar, bare));
    }

    /// <summary>The condition without its braces, where that is an expression.</summary>
    private static string? Bare(ExpressionText text)
    {
        var value = text.Scalar.Value;
        var edits = text.Parts.Select(p => new TextEdit(p.Outer, value[(p.Outer.Start + 3)..(p.Outer.End - 2)].Trim()));
        var bare = TextEdit.Apply(value, edits).Trim();
        return ExpressionParser.Bare(bare).Problem is null && !bare.Contains(": ", StringComparison.Ordinal) && bare[0] != '!' ? bare : null;
    }
}
