using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeployReachableFromPullRequestRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "deploy-reachable-from-pull-request", "Deployment reachable from a pull request", Theme.Delivery, RuleSeverity.Critical, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Unreviewed code can reach the target", "Deploy from a branch or tag alone: if: github.event_name == 'push' && github.ref == 'refs/heads/main'")
    {
        Confidence = Confidence.Medium,
        Details = "Conditions of the job, of the jobs it needs and of the step are evaluated for a pull request; on Jenkins one that cannot be read counts as met by none. Previews, by the name of their environment or job or by a request's number in what they deploy, are meant to do this. "
            + "High where an environment stands before the job: its rules may ask for a review.",
    };

    // an environment may be meant for changes although it is no preview
    private static readonly string[] s_trials = ["ephemeral", "sandbox", "dev", "test", "${{"];

    public void Check(PipelineJob site, Report report)
    {
        if ((site.Job.Triggers & (TriggerKinds.PullRequest | TriggerKinds.Privileged)) == 0 || IsPreview(site.Job)) return;
        if (site.Pipeline.Platform == Platform.GitHubActions && !(site.Pipeline.Triggers.Any(t => t.Name is "pull_request" or "pull_request_target") && PullRequestRun.Reaches(site.Pipeline, site.Job))) return;
        var deploys = site.Job.Deploys;
        foreach (var step in site.Job.Steps.Where(s => s.ForRequests == true))
            if (step.Activities.FirstOrDefault(deploys.Contains) is { } deploy && (site.Pipeline.Platform != Platform.GitHubActions || PullRequestRun.Allows(step.Condition)))
            {
                report.At(deploy.Range, $"job '{YamlQuote.Short(site.Job.Id)}' deploys in runs of pull requests", "expected a condition that lets only reviewed code here", level: site.Job.Environment is null ? null : new(RuleSeverity.High));
                return;
            }
    }

    private static bool IsPreview(Job job) => Previews.Is(job) || s_trials.Any(t => job.Environment?.Name?.Contains(t, StringComparison.OrdinalIgnoreCase) == true);
}
