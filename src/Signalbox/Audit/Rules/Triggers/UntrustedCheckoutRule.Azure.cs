using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;

namespace Signalbox.Audit.Rules;

/// <remarks>
/// A pull request of a fork is built with the pipeline's rights where the project's settings say so (learn.microsoft.com,
/// "Build GitHub repositories: contributions from forks"); the file cannot tell, so an auditor is asked to look.
/// </remarks>
internal sealed partial class UntrustedCheckoutRule : IChecks<AzurePipeline>
{
    public void Check(AzurePipeline azure, Report report)
    {
        // a list of branches is somebody's decision; no word at all means every pull request
        if (azure.IsTemplate || azure.Root.Find("pr") is not null) return;
        foreach (var job in azure.Pipeline.Jobs.Where(j => j.Triggers.HasFlag(TriggerKinds.PullRequest)))
            foreach (var step in job.Steps.SkipWhile(s => s.Uses is not { Name: "checkout", Node.Value: "self" }).Where(s => UntrustedCode.Runner(s) is not null))
                report.At(step.Script!.InFile(UntrustedCode.Runner(step)!.Range), "a pull request's code runs here; builds of forks may be given the pipeline's secrets", "no `pr` says which pull requests start it",
                    level: new(RuleSeverity.Medium, Confidence.Low, Persona.Auditor));
    }
}
