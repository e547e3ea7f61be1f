using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BlindRetryRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "blind-retry", "Job retried on any failure", Theme.Delivery, RuleSeverity.Low, ["gitlab-ci", "azure-pipelines", "jenkins"],
        "Retries hide flaky tests and broken deploys",
        "Retry only what the runner broke (GitLab: `when: [runner_system_failure, stuck_or_timeout_failure]`), and mend what is flaky")
    {
        Details = "A retry that names only failures of the runner is no finding; one that names the script's own failure, or nothing, is.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.Retry is not { } retry || !IsBlind(retry)) return;
        report.At(retry.Range, $"job '{YamlQuote.Short(site.Job.Id)}' is tried again after any failure", "expected the failures of the runner alone");
    }

    // docs.gitlab.com, "retry:when": what the script itself does wrong, and everything
    private static bool IsBlind(Retry retry) => retry.Count != 0 && (retry.When.Count == 0 || retry.When.Any(w => w is "always" or "unknown_failure" or "script_failure"));
}
