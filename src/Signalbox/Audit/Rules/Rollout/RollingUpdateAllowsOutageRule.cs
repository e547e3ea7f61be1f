using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RollingUpdateAllowsOutageRule : Rule, IChecks<KubernetesObject>, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "rolling-update-allows-outage", "Rolling update may leave no pod ready", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Surge, unavailable and replica numbers together allow zero",
        "Keep maxUnavailable below the replicas, and let maxSurge bring the new pod first")
    {
        Details = "Surge and unavailable are rounded as the API does. A disruption budget that lets every pod of a replicated workload go counts too.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || Unavailable(target) is not { } unavailable || IntOrPercent.Of(unavailable.Value) is not { } limit) return;
        // one that is not set is one, for the API server
        var replicas = target.Spec.Number("replicas") ?? 1;
        if (replicas < 1 || limit.Of(replicas, up: false) < replicas) return;
        report.At(unavailable.Range, $"a rolling update of {target.Title} may take {limit} of {replicas} {(replicas == 1 ? "pod" : "pods")} away at once", "none is left to serve");
    }

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, budget) in cluster.OfKind("PodDisruptionBudget"))
            foreach (var (_, pod) in cluster.Selected(budget.Spec.Get("selector"), budget))
                if (pod.Owner.Spec.Number("replicas") is >= 2 and var replicas && AllowsAll(budget, replicas) is { } entry)
                    report.In(file, entry.Range, $"{budget.Title} lets all {replicas} pods of {pod.Owner.Title} be evicted at once", "none is left to serve");
    }

    private static YamlEntry? Unavailable(KubernetesObject target) => target.Kind switch
    {
        "Deployment" => target.Spec.Get("strategy", "rollingUpdate").Entry("maxUnavailable"),
        "StatefulSet" => target.Spec.Get("updateStrategy", "rollingUpdate").Entry("maxUnavailable"),
        "Rollout" => target.Spec.Get("strategy", "canary").Entry("maxUnavailable"),
        _ => null,
    };

    private static YamlEntry? AllowsAll(KubernetesObject budget, long replicas)
    {
        var (least, most) = (budget.Spec.Entry("minAvailable"), budget.Spec.Entry("maxUnavailable"));
        if (IntOrPercent.Of(most?.Value) is { } away && away.Of(replicas, up: true) >= replicas) return most;
        return IntOrPercent.Of(least?.Value) is { IsZero: true } ? least : null;
    }
}
