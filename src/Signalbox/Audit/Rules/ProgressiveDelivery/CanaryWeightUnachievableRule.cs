using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CanaryWeightUnachievableRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "canary-weight-unachievable", "Weight not reachable with this replica count", Theme.ProgressiveDelivery, RuleSeverity.Medium, ["argo-rollouts"],
        "Without traffic routing one percent of four pods is one pod",
        "Route traffic (trafficRouting) so that weights hold whatever the number of pods, or use weights that the replicas can give")
    {
        Details = "The controller chooses whole pods: at least one canary and one stable pod out of `replicas`, or of one more where `maxSurge` allows it. Found where the nearest share is twice the weight or more, or more than 10 points away. With an autoscaler its minimum counts; without a written replica count nothing is found.",
    };

    private const double MostPoints = 10;

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, rollout) in cluster.OfKind("Rollout"))
        {
            if (!ArgoRollout.Is(rollout) || ArgoRollout.Canary(rollout)?.Value is not { } canary || canary.Entry("trafficRouting") is not null || Replicas(cluster, rollout) is not { } replicas) continue;
            var surges = IntOrPercent.Of(canary.Get("maxSurge")) is not { IsZero: true };
            foreach (var step in ArgoRollout.Steps(rollout))
                if (step.Entry("setWeight") is { } entry && entry.Value.Number() is > 0 and < 100 and var weight && Nearest(replicas, weight, surges) is var share && IsOff(weight, share))
                    report.In(file, entry.Range, $"{rollout.Title} asks for {weight} %, but {replicas} {(replicas == 1 ? "pod gives" : "pods give")} {(share < weight ? "only" : "no less than")} {(long)Math.Round(share)} %", "without trafficRouting the share is a number of pods");
        }
    }

    private static long? Replicas(Cluster cluster, KubernetesObject rollout)
    {
        if (cluster.ScalersOf(rollout).Any(s => s.Document.IsPartial)) return null;
        var scalers = cluster.ScalersOf(rollout).Select(s => s.Document.Spec.Number("minReplicas") ?? s.Document.Spec.Number("minReplicaCount") ?? 1).ToList();
        return (scalers.Count > 0 ? scalers.Max() : rollout.Spec.Number("replicas")) is > 0 and <= 10_000 and var replicas ? replicas : null;
    }

    /// <summary>The share that the controller comes nearest to (utils/replicaset/canary.go, approximateWeightedCanaryStableReplicaCounts).</summary>
    private static double Nearest(long replicas, long weight, bool surges)
    {
        long[] totals = surges ? [replicas, replicas + 1] : [replicas];
        var shares = totals.Where(t => t > 1).SelectMany(total => new[] { total * weight / 100, total * weight / 100 + 1 }.Where(c => c > 0 && c < total).Select(c => 100.0 * c / total));
        // one pod that may not surge is either all or nothing
        return shares.DefaultIfEmpty(weight < 50 ? 0 : 100).MinBy(s => Math.Abs(s - weight));
    }

    private static bool IsOff(long weight, double share) => share >= 2 * weight || Math.Abs(share - weight) > MostPoints;
}
