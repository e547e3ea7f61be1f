using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Rules;

/// <summary>A rule that looks at each piece of foreign code that a workflow or an action names.</summary>
internal abstract class UsedActionCheck : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>
{
    protected const string ActionRefsNeeded = "Needs to know the refs of the action's repository: from `.github/actions.lock`, or from the repository itself with `--online`. Without either it finds nothing.";

    public void Check(GitHubWorkflow workflow, Report report) => CheckAll(workflow.Pipeline, report);

    public void Check(GitHubAction action, Report report) => CheckAll(action.Fragment, report);

    protected abstract void Check(UsedCode uses, Report report);

    private void CheckAll(Pipeline pipeline, Report report)
    {
        // each of a dozen rules comes by here for each file
        foreach (var job in pipeline.Jobs)
        {
            if (job.Calls is { } calls) Check(calls, report);
            foreach (var step in job.Steps)
                if (step.Uses is { } uses) Check(uses, report);
        }
    }
}
