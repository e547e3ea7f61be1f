using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeployCancelledMidwayRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "deploy-cancelled-midway", "Running deployment cancelled by the next", Theme.Delivery, RuleSeverity.High, ["github-actions"],
        "A cancelled rollout leaves the target half changed", "Let a running deployment end: cancel-in-progress: false at the deploy job")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions || site.Job.Deploys is not [var deploy, ..]) return;
        // a job's own concurrency does not keep the workflow's from ending the run
        foreach (var concurrency in (Concurrency?[])[site.Job.Concurrency, site.Pipeline.Concurrency])
            if (concurrency is { CancelsRunning: true, Node: YamlMapping node } && node.Entry("cancel-in-progress") is { } entry)
                report.In(report.File, entry.Range, $"a newer run ends job '{YamlQuote.Short(site.Job.Id)}' while it deploys", "expected false", fix: report.Fix(FixSafety.Unsafe, "let the deployment end", YamlPatch.SetValue(report.File.Text, entry, "false")),
                    related: report.File.At(deploy.Range, "it deploys here"));
    }
}
