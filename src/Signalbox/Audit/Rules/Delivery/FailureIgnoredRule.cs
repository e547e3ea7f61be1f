using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FailureIgnoredRule : Rule, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "failure-ignored", "Failing job reported as success", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A check that cannot fail the pipeline protects nothing", "Let the job fail, or take it out; what is allowed to fail belongs in a job of its own that nothing waits for")
    {
        Details = "Security scans are `weakened-security-job`. On GitHub Actions, steps and jobs that build, test, publish or deploy are shown to everyone, others to pedants.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.FailureIgnored is not { Always: true } lenient) return;
        report.At(lenient.Range, $"job '{YamlQuote.Short(site.Job.Id)}' counts as success when it fails", level: site.Pipeline.Platform == Platform.GitHubActions && !Matters(site.Job.Activities) ? Level.Pedantic : null);
    }

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.FailureIgnored is not { Always: true } lenient || site.Step.Does(ActivityKind.Scan)) return;
        // a later step that asks for the outcome decides itself
        if (site.Step.Id is { } id && site.Job.Steps.Any(s => s.Condition?.Text.Contains($"steps.{id}.", StringComparison.OrdinalIgnoreCase) == true)) return;
        report.At(lenient.Range, "the job goes on as if this step had succeeded", level: Matters(site.Step.Activities) ? null : Level.Pedantic);
    }

    private static bool Matters(IEnumerable<Activity> activities) => activities.Any(a => a.Kind is ActivityKind.Build or ActivityKind.BuildImage or ActivityKind.Test or ActivityKind.Publish or ActivityKind.PublishImage or ActivityKind.Deploy);
}
