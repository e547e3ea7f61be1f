using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.Rules;

internal sealed class UnsoundTernaryRule : ExpressionCheck
{
    public override RuleInfo Info { get; } = new(
        "unsound-ternary", "And-or ternary with a falsy branch", Theme.Triggers, RuleSeverity.Medium, ["github-actions"],
        "When the middle value is falsy the wrong branch is taken", "Turn the condition round so that the middle value is never empty, or write case(condition, value, otherwise)");

    protected override void Check(IReadOnlyList<ExpressionText> texts, Report report)
    {
        foreach (var (text, or) in texts.Within<LogicalOperation>())
            if (or is { IsAnd: false, Left: LogicalOperation { IsAnd: true } and } && Constants.Value(and.Right) is { IsTrue: false } value && Constants.Value(and.Left) is null)
                report.At(text, or.Range, $"the value {value.AsLiteral} is never taken: it counts as false, so the last value wins");
    }
}
