using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.Rules;

internal sealed class OverprovisionedSecretsRule : ExpressionCheck
{
    public override RuleInfo Info { get; } = new(
        "overprovisioned-secrets", "Whole secret store passed to a job", Theme.Secrets, RuleSeverity.Medium, ["github-actions"],
        "Every secret is exposed although a few are used", "Name each secret that is needed");

    protected override void Check(IReadOnlyList<ExpressionText> texts, Report report)
    {
        foreach (var text in texts)
            foreach (var part in text.Parts.Where(p => p.All.Any(e => e is ContextName { Name: "secrets" })))
                foreach (var whole in Whole(part.Root!))
                    report.At(text, whole.Range, whole is IndexAccess ? "which secret is read is computed, so the runner gets them all" : "the runner gets every secret", "expected one by name");
    }

    /// <summary>The context as such, or with an index that is computed.</summary>
    private static IEnumerable<Expression> Whole(Expression expression) => expression switch
    {
        ContextName { Name: "secrets" } => [expression],
        PropertyAccess { Receiver: ContextName { Name: "secrets" } } => [],
        IndexAccess { Operand: ContextName { Name: "secrets" } } index => index.Index is StringLiteral ? [] : [index, .. Whole(index.Index)],
        FilterAccess { Receiver: ContextName { Name: "secrets" } } => [expression],
        _ => expression.Children.SelectMany(Whole),
    };
}
