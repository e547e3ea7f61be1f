using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FewerThanThreeReplicasRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "fewer-than-three-replicas", "Fewer than three replicas", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Two replicas cannot lose a node during a rollout",
        "Set replicas to three or more")
    {
        Persona = Persona.Auditor,
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKinds("Deployment", "StatefulSet", "Rollout", "ReplicaSet"))
            if (target.Spec is not null && (target.Spec.Number("replicas") ?? 1) is > 0 and var replicas && replicas < report.Policy.Thresholds.Replicas && (target.Spec.Entry("replicas") is null || target.Spec.Number("replicas") is not null) && !cluster.ScalersOf(target).Any())
                report.In(file, target.Spec.Entry("replicas")?.Range ?? target.Range, $"{target.Title} runs {replicas} {(replicas == 1 ? "pod" : "pods")}", $"expected {(report.Policy.Thresholds.Replicas == 3 ? "three" : report.Policy.Thresholds.Replicas)} or more");
    }
}
