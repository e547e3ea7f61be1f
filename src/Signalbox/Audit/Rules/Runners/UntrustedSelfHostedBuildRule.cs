using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class UntrustedSelfHostedBuildRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "untrusted-self-hosted-build", "Outsiders' code runs on a self-hosted runner", Theme.Runners, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A pull request can take over the machine", "Build pull requests on the platform's runners, or on machines made for one job")
    {
        Confidence = Confidence.Medium,
        Details = "A label that is none of GitHub's own is taken for a machine of yours. Whether the repository is public cannot be seen: in a private one the danger is smaller.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (!workflow.Pipeline.Triggers.Any(t => t.Name is "pull_request" or "pull_request_target" or "pull_request_review" or "pull_request_review_comment")) return;
        foreach (var job in workflow.Pipeline.Jobs)
            if (job.Runner.FirstOrDefault(l => HostedRunners.IsForeign(l.Name)) is { } label && !ExcludesForks(job))
                report.At(label.Range, $"pull requests run on '{YamlQuote.Short(label.Name)}', which is no runner of GitHub's", level: job.SelfHosted == true ? new(Confidence: Confidence.High) : null);
    }

    private static bool ExcludesForks(Job job) => job.Condition is { } condition
        && (condition.Text.Contains("head.repo.full_name", StringComparison.Ordinal) || condition.Text.Contains("head.repo.fork", StringComparison.Ordinal) || condition.Text.Contains("event_name != 'pull_request", StringComparison.Ordinal));
}
