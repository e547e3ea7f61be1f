using Signalbox.Audit.GitHub;
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
        Details = "A job that calls a workflow of the repository deploys where that one does: its own concurrency and that of its workflow end the called one, too.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions) return;
        var deploy = site.Job.Deploys is [var own, ..] ? report.File.At(own.Range, "it deploys here") : CalledDeploys.First(report.Repository, site) is var (file, called) ? file.At(called.Range, "it deploys here") : null;
        if (deploy is null) return;
        // a job's own concurrency does not keep the workflow's from ending the run
        foreach (var concurrency in (Concurrency?[])[site.Job.Concurrency, site.Pipeline.Concurrency])
            if (concurrency is { CancelsRunning: true, Node: YamlMapping node } && node.Entry("cancel-in-progress") is { } entry)
                report.In(report.File, entry.Range, $"a newer run ends job '{YamlQuote.Short(site.Job.Id)}' while it deploys", "expected false", fix: report.Fix(FixSafety.Unsafe, "let the deployment end", YamlPatch.SetValue(report.File.Text, entry, "false")),
                    related: deploy);
    }
}
