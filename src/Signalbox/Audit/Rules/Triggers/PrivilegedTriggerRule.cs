using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Rules;

internal sealed class PrivilegedTriggerRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "privileged-trigger", "Privileged trigger reachable by outsiders", Theme.Triggers, RuleSeverity.High, ["github-actions"],
        "pull_request_target and workflow_run run with secrets on outsiders' events",
        "Use pull_request, or split the work: one workflow without rights that reads the change, one with rights that reads nothing of it")
    {
        Confidence = Confidence.Medium,
        Details = "Shown to everyone where the workflow also takes code, artifacts or text of the outsider, or leaves its token's permissions open; else pedantic, as for a labeler. Jobs whose condition asks for the repository or the author of the change do not count.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (workflow.Pipeline.Jobs.All(IsLabeler)) return;
        foreach (var trigger in workflow.Pipeline.Triggers)
            if (trigger.Name is "pull_request_target" or "workflow_run")
                report.At(trigger.Range, $"{trigger.Name} runs with the repository's secrets and token on an outsider's event", level: IsOpen(workflow.Pipeline, report.Repository) ? null : Level.Pedantic);
    }

    // it is made for this trigger and reads nothing but file names
    private static bool IsLabeler(Job job) => job.Steps.Length > 0 && job.Steps.All(s => s.Uses?.Is("actions/labeler") == true);

    /// <summary>Whether the outsider gets more than a started run.</summary>
    private static bool IsOpen(Pipeline pipeline, Repository repository) => pipeline.Jobs.Any(j => !OwnChanges.Only(pipeline, j) && (
        ((j.Permissions ?? pipeline.Permissions) is null && j.Steps.Any(s => s.Script is not null))
        || j.Steps.Any(s => UntrustedCode.IsCheckedOut(s) || s.Uses?.Repository.Contains("download-artifact", StringComparison.OrdinalIgnoreCase) == true)
        || (j.Calls is { } calls && new LocalCode(repository, pipeline.Path).Workflow(calls)?.Pipeline.Jobs.Any(c => c.Steps.Any(s => UntrustedCode.IsCheckedOut(s))) == true)));
}
