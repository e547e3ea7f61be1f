using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DisruptionBudgetExceedsAutoscalerRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "disruption-budget-exceeds-autoscaler", "Budget minimum not below the autoscaler's minimum", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "At minimum scale no pod may be evicted",
        "Keep minAvailable below the autoscaler's minReplicas, or use maxUnavailable: 1");

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, budget) in cluster.OfKind("PodDisruptionBudget"))
            if (budget.Spec.Entry("minAvailable") is { } entry && IntOrPercent.Of(entry.Value) is { } least)
                foreach (var (_, pod) in cluster.Selected(budget.Spec.Get("selector"), budget))
                    foreach (var (_, scaler) in cluster.ScalersOf(pod.Owner))
                        if (Least(scaler) is { } bottom && least.Of(bottom, up: true) > bottom)
                            report.In(file, entry.Range, $"{budget.Title} wants {least} pods of {pod.Owner.Title}, which {scaler.Title} may scale to {bottom}", $"expected less than {bottom}");
    }

    private static long? Least(KubernetesObject scaler) => scaler.Spec.Number("minReplicas") ?? scaler.Spec.Number("minReplicaCount");
}
