using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DisruptionBudgetBlocksDrainRule : Rule, IChecks<KubernetesObject>, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "disruption-budget-blocks-drain", "Disruption budget never allows eviction", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Nodes cannot be drained or upgraded",
        "Let at least one pod go: maxUnavailable: 1");

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "PodDisruptionBudget") return;
        if (target.Spec.Entry("maxUnavailable") is { } most && IntOrPercent.Of(most.Value) is { IsZero: true })
            report.At(most.Range, $"{target.Title} lets no pod be evicted", "expected 1 or more");
        else if (target.Spec.Entry("minAvailable") is { } least && IntOrPercent.Of(least.Value) is { IsPercent: true, Value: >= 100 })
            report.At(least.Range, $"{target.Title} wants every pod available", "expected less than 100%");
    }

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, budget) in cluster.OfKind("PodDisruptionBudget"))
            if (budget.Spec.Entry("minAvailable") is { } entry && IntOrPercent.Of(entry.Value) is { } least && !(least is { IsPercent: true, Value: >= 100 }))
                foreach (var (_, pod) in cluster.Selected(budget.Spec.Get("selector"), budget))
                    if (Blocks(cluster, pod, least) is { } replicas)
                    {
                        var scaled = cluster.ScalersOf(pod.Owner).Any();
                        report.In(file, entry.Range, $"{budget.Title} wants {least} of the {replicas} {(replicas == 1 ? "pod" : "pods")} of {pod.Owner.Title}, so none may be evicted", scaled ? "when the autoscaler is at its minimum" : "expected less",
                            level: scaled ? Level.Pedantic : null);
                        break;
                    }
    }

    private static long? Blocks(Cluster cluster, Pod pod, IntOrPercent least)
    {
        if (!pod.IsReplicated || pod.Owner.IsPartial) return null;
        if (cluster.ScalersOf(pod.Owner).FirstOrDefault() is not { Document: { } scaler })
            return (pod.Owner.Spec.Entry("replicas") is null ? 1 : pod.Owner.Spec.Number("replicas")) is > 0 and var replicas && least.Of(replicas, up: true) >= replicas ? replicas : null;
        if (scaler.IsPartial) return null;
        // more than the autoscaler's minimum is another rule's
        var bottom = scaler.Spec.Number("minReplicas") ?? scaler.Spec.Number("minReplicaCount") ?? 1;
        return bottom > 0 && least.Of(bottom, up: true) == bottom ? bottom : null;
    }
}
