using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeployWithoutConcurrencyRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "deploy-without-concurrency", "Deploy job without serialisation", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "Two deployments interleave and the older may win", "Let one deployment to a target run at a time: concurrency: deploy-production (GitLab: resource_group)");

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.Concurrency is not null || site.Pipeline.Concurrency is not null || site.Pipeline.Platform == Platform.Jenkins || site.Job.Deploys is not [var deploy, ..] || site.IsPartialIn(report.Repository)) return;
        report.In(report.File, site.Job.Range, $"two runs of job '{YamlQuote.Short(site.Job.Id)}' may deploy at once", "expected a concurrency group", related: report.File.At(deploy.Range, "it deploys here"));
    }
}
