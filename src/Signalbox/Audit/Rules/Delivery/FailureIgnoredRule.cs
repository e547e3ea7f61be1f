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
        Details = "A job whose failure never matters. Where exit codes or an expression decide, and for steps, the finding is pedantic: that may well be meant.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.FailureIgnored is not { } lenient) return;
        var name = YamlQuote.Short(site.Job.Id);
        if (lenient.Always) report.At(lenient.Range, $"job '{name}' fails and the pipeline stays green", "its failure is ignored");
        else report.At(lenient.Range, $"job '{name}' fails and the pipeline may stay green", "its failure is sometimes ignored", level: Level.Pedantic);
    }

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.FailureIgnored is not { Always: true } lenient || !Matters(site.Step)) return;
        report.At(lenient.Range, "the step fails and the job stays green", "its failure is ignored", level: site.Step.Does(ActivityKind.Deploy) ? null : Level.Pedantic);
    }

    private static bool Matters(Step step) =>
        step.Does(ActivityKind.Test) || step.Does(ActivityKind.Scan) || step.Does(ActivityKind.Build) || step.Does(ActivityKind.Deploy) || step.Does(ActivityKind.Verify);
}
