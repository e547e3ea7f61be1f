using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BypassableContainsRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "bypassable-contains", "Substring check used as an allow list", Theme.Triggers, RuleSeverity.Medium, ["github-actions"],
        "contains() on a string matches parts of names that were never meant", "Give contains() a list: contains(fromJSON('[\"main\", \"develop\"]'), github.ref_name)");

    public void Check(GitHubWorkflow workflow, Report report)
    {
        foreach (var (text, call) in workflow.Expressions.Within<FunctionCall>())
            if (text.Shape == ValueShape.Condition && call.Is("contains") && call.Arguments is [StringLiteral list, { Path: { } path }])
                report.At(text, call.Range, $"any part of '{YamlQuote.Short(list.Value)}' passes for {path}", "expected a list", level: CanChoose(path) ? null : Level.Pedantic);
    }

    /// <summary>Whether someone outside can choose the value that is looked for.</summary>
    private static bool CanChoose(string path) => ContextTrust.Of(path) != Control.None;
}
