using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DisruptionBudgetMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "disruption-budget-missing", "No disruption budget", Theme.Rollout, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A node drain may take every pod at once",
        "Add a PodDisruptionBudget that selects the pods, with maxUnavailable: 1")
    {
        Persona = Persona.Pedantic,
        Details = "Workloads with one pod and no autoscaler have nothing to protect: shown to `--persona auditor`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, pod) in cluster.Pods)
        {
            if (pod.Owner.Kind is not ("Deployment" or "StatefulSet" or "Rollout") || cluster.BudgetsOf(pod).Any()) continue;
            var several = pod.Owner.Spec.Number("replicas") is > 1 || cluster.ScalersOf(pod.Owner).Any();
            report.In(file, pod.Owner.Range, $"{pod.Owner.Title} has no disruption budget", "a drain may take every pod at once", level: several ? null : Level.Auditor);
        }
    }
}
