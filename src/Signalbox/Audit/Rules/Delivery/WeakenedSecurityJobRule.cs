using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class WeakenedSecurityJobRule : Rule, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "weakened-security-job", "Security job made unable to stop the pipeline", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "allow_failure, manual or never turns the gate into decoration", "Let the scan fail the pipeline; set single findings aside with a reason and an end date");

    public void Check(PipelineJob site, Report report)
    {
        if (!site.Job.Does(ActivityKind.Scan)) return;
        if (site.Job.FailureIgnored is { Always: true } lenient) report.At(lenient.Range, $"security job '{YamlQuote.Short(site.Job.Id)}' cannot fail the pipeline");
        if (site.Job.Manual is { } manual) report.At(manual, $"security job '{YamlQuote.Short(site.Job.Id)}' runs only when someone starts it");
        if (site.Job.Condition is { Text: "false" } never) report.At(never.Range, $"security job '{YamlQuote.Short(site.Job.Id)}' never runs");
    }

    public void Check(PipelineStep site, Report report)
    {
        if (!site.Step.Does(ActivityKind.Scan)) return;
        if (site.Step.FailureIgnored is { Always: true } lenient) report.At(lenient.Range, "the scan cannot fail the job");
        if (site.Step.Condition is { Text: "false" } never) report.At(never.Range, "the scan never runs");
    }
}
