using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.Rules;

/// <summary>A rule that looks at the expressions of a workflow or an action.</summary>
internal abstract class ExpressionCheck : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>
{
    public void Check(GitHubWorkflow workflow, Report report) => Check(workflow.Expressions, report);

    public void Check(GitHubAction action, Report report) => Check(action.Expressions, report);

    protected abstract void Check(IReadOnlyList<ExpressionText> texts, Report report);
}
