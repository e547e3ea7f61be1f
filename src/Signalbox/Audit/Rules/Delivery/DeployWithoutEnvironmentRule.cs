using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeployWithoutEnvironmentRule : Rule, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "deploy-without-environment", "Deploy job without an environment", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "No approval, history or rollback point is attached to the deployment", "Name the environment at the job: environment: production")
    {
        Details = "A job is a deployment by what it does (kubectl, helm, terraform apply, cloud deploy commands, ssh deploys, deploy actions), not by its name. "
            + "A job that makes its own cluster (kind, minikube, k3d) tests.",
    };

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.Environment is not null || site.Pipeline.Platform == Platform.Jenkins || site.Job.Deploys is not [var deploy, ..] || site.IsPartialIn(report.Repository)) return;
        report.In(report.File, site.Job.Range, $"job '{YamlQuote.Short(site.Job.Id)}' deploys without an environment", "expected environment", related: report.File.At(deploy.Range, "it deploys here"));
    }
}
