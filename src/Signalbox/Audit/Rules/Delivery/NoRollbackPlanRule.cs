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
        Details = "Looks at what deploys with kubectl, helm, docker or ssh; one finding for the repository. A way back anywhere in the repository is enough: a rollback command, a Rollout, Canary or HelmRelease with "
            + "remediation, an Argo CD Application (whose history is Git), or deploying with a platform that keeps the last release; so is a runbook or page that says how to roll back. A preview of a pull request and what tests are run against need none.",
    };

    private static readonly string[] s_tools = ["kubectl", "oc", "helm", "docker", "ssh", "azure/k8s-deploy", "appleboy/ssh-action"];

    public void Check(Repository repository, Report report)
    {
        var deploys = repository.All<Pipeline>().SelectMany(p => p.Document.Jobs.Where(IsLasting).SelectMany(j => j.Deploys.Where(IsOwn).Select(d => (p.File, Job: j, Deploy: d)))).ToList();
        if (deploys.Count == 0 || Rollbacks.First(repository) is not null || RollbackPages.First(repository) is not null) return;
        var (file, job, deploy) = deploys[0];
        report.In(file, deploy.Range, $"job '{YamlQuote.Short(job.Id)}' deploys, and nothing in this repository says how to go back", "expected a way back");
    }

    private static bool IsLasting(Job job) => job.Deploys.Count > 0 && !Previews.Is(job) && !Previews.IsTest(job);

    private static bool IsOwn(Activity deploy) => deploy.Kind == ActivityKind.Deploy && s_tools.Contains(deploy.Tool, StringComparer.OrdinalIgnoreCase);
}
