using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FailureIgnoredRule : Rule, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "failure-ignored", "Failing job reported as success", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A check that cannot fail the pipeline protects nothing",
        "Let the job fail the pipeline; mend or remove a check that nobody reads, or name the exit codes that are no failure")
    {
        Details = "A job or step whose failure never matters; where exit codes or an expression decide, the finding is pedantic, for that may well be meant. Security scans are "
            + "`weakened-security-job`. On GitHub Actions, steps and jobs that build, test, publish or deploy are shown to everyone, others to pedants.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.FailureIgnored is not { } lenient) return;
        var onGitHub = site.Pipeline.Platform == Platform.GitHubActions;
        if (onGitHub && !lenient.Always) return;
        var name = YamlQuote.Short(site.Job.Id);
        if (lenient.Always) report.At(lenient.Range, $"job '{name}' fails and the pipeline stays green", "its failure is ignored", level: onGitHub && !Matters(site.Job.Activities) ? Level.Pedantic : null);
        else report.At(lenient.Range, $"job '{name}' fails and the pipeline may stay green", "its failure is sometimes ignored", level: Level.Pedantic);
    }

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.FailureIgnored is not { Always: true } lenient) return;
        var shown = site.Pipeline.Platform == Platform.GitHubActions ? OnGitHub(site) : Elsewhere(site.Step);
        if (shown is { } everyone) report.At(lenient.Range, "the step fails and the job stays green", "its failure is ignored", level: everyone ? null : Level.Pedantic);
    }

    /// <returns>Whether everyone is shown it, or pedants alone; null where it is none.</returns>
    private static bool? OnGitHub(PipelineStep site)
    {
        if (site.Step.Does(ActivityKind.Scan)) return null;
        // a later step that asks for the outcome decides itself
        if (site.Step.Id is { } id && site.Job.Steps.Any(s => s.Condition?.Text.Contains($"steps.{id}.", StringComparison.OrdinalIgnoreCase) == true)) return null;
        return Matters(site.Step.Activities);
    }

    private static bool? Elsewhere(Step step) =>
        step.Does(ActivityKind.Deploy) ? true
        : step.Does(ActivityKind.Test) || step.Does(ActivityKind.Scan) || step.Does(ActivityKind.Build) || step.Does(ActivityKind.Verify) ? false
        : null;

    private static bool Matters(IEnumerable<Activity> activities) => activities.Any(a => a.Kind is ActivityKind.Build or ActivityKind.BuildImage or ActivityKind.Test or ActivityKind.Publish or ActivityKind.PublishImage or ActivityKind.Deploy);
}
