using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SelfHostedRunnerRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "self-hosted-runner", "Self-hosted runner in use", Theme.Runners, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "State on the machine survives and is shared between runs", "Use runners that are made for one job and thrown away, and keep pull requests of outsiders off them")
    {
        Persona = Persona.Auditor,
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job is { SelfHosted: true, Runner: [var first, ..] }) report.At(first.Range, $"job '{YamlQuote.Short(site.Job.Id)}' runs on a machine of your own");
    }
}
