using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ReplicasSetWithAutoscalerRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "replicas-set-with-autoscaler", "Replica count set although an autoscaler owns it", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-cd", "flux"],
        "Each apply throws the autoscaler's count away",
        "Take replicas out of the workload; the autoscaler owns the number. With a client-side kubectl apply take it out of the last-applied configuration first")
    {
        Fix = FixSafety.Unsafe,
        Details = "The fix is unsafe: a client-side `kubectl apply` that no longer finds `replicas` sets it to 1 once, before the autoscaler raises it again "
            + "(kubernetes.io, \"Horizontal Pod Autoscaling\": migrating Deployments and StatefulSets). `kubectl apply edit-last-applied`, or server-side apply, avoids it.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKinds("Deployment", "StatefulSet", "ReplicaSet", "Rollout"))
            if (target.Spec is YamlMapping spec && spec.Entry("replicas") is { } replicas && cluster.ScalersOf(target).FirstOrDefault() is { Document: { } scaler })
                report.In(file, replicas.Range, $"{target.Title} sets replicas, which {scaler.Title} owns", "every apply throws its number away",
                    fix: ManifestFix.In(file, FixSafety.Unsafe, "leave the number to the autoscaler", ManifestFix.Remove(file.Text, spec, "replicas")));
    }
}
