using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>
/// A multibranch project builds what a change request proposes. The Jenkinsfile may be the target's own, the tree is not
/// (jenkins.io, "Branches and Pull Requests"): what its files say runs with every credential of the stage.
/// </remarks>
internal sealed partial class UntrustedCheckoutRule : IChecks<JenkinsPipeline>
{
    public void Check(JenkinsPipeline jenkins, Report report)
    {
        foreach (var job in jenkins.Steps.Where(s => s.Secrets.Count > 0 && s.Job.Triggers.HasFlag(TriggerKinds.PullRequest) && s.Step.ForRequests == true).GroupBy(s => s.Job.Range))
            if (job.FirstOrDefault(s => UntrustedCode.Runner(s.Step) is not null) is { Step: { Script: { } script } step } found)
                report.At(script.InFile(UntrustedCode.Runner(step)!.Range), $"a change request's code runs here with the credential '{YamlQuote.Short(found.Secrets.First())}'", "expected credentials only where the branch is one's own: when { not { changeRequest() } }",
                    level: new(RuleSeverity.High, Confidence.Medium));
    }
}
