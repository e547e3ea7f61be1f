using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NoRollbackPlanRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "no-rollback-plan", "No way back is declared", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins", "kubernetes"],
        "Nothing returns the last good release when the new one fails", "Say how to go back: helm upgrade --atomic, kubectl rollout undo in a step that runs on failure(), Argo Rollouts, Flagger or Flux remediation")
    {
        Confidence = Confidence.Medium,
        Details = "Looks at what deploys with kubectl, helm, docker or ssh, one finding for each pipeline. A way back anywhere in the repository is enough: a rollback command, a Rollout, Canary or HelmRelease with "
            + "remediation, an Argo CD Application (whose history is Git), or deploying with a platform that keeps the last release. A preview of a pull request needs none.",
    };

    private static readonly string[] s_tools = ["kubectl", "oc", "helm", "docker", "ssh", "azure/k8s-deploy", "appleboy/ssh-action"];

    public void Check(Repository repository, Report report)
    {
        var pipelines = repository.All<Pipeline>();
        if (pipelines.Count == 0 || Rollbacks.First(repository) is not null) return;
        foreach (var (file, pipeline) in pipelines)
            if (pipeline.Jobs.Where(j => j.Deploys.Count > 0 && !Previews.Is(j)).Select(j => (Job: j, Deploy: j.Deploys.FirstOrDefault(d => s_tools.Contains(d.Tool, StringComparer.OrdinalIgnoreCase) && d.Kind == ActivityKind.Deploy))).FirstOrDefault(d => d.Deploy is not null) is { Deploy: { } deploy, Job: var job })
                report.In(file, deploy.Range, $"job '{YamlQuote.Short(job.Id)}' deploys, and nothing in this repository says how to go back", "expected a way back");
    }
}
