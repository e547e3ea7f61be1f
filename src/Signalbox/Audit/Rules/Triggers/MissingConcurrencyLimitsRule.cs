using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Rules;

internal sealed class MissingConcurrencyLimitsRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "missing-concurrency-limits", "No concurrency limits", Theme.Triggers, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "Overlapping runs waste runners and race each other to the target", "Give the workflow a concurrency group, and cancel runs that a newer one makes useless")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (workflow.IsOnlyCalled || workflow.Pipeline.Concurrency is not null) return;
        if (workflow.Pipeline.Jobs.Length > 0 && workflow.Pipeline.Jobs.All(j => j.Concurrency is not null)) return;
        report.At(workflow.Pipeline.Range, "nothing keeps two runs of this workflow from overlapping", "expected a concurrency group");
    }
}
