using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SingleReplicaRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "single-replica", "One replica or count left unset", Theme.Rollout, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "One eviction is an outage",
        "Set replicas to two or more, or let an autoscaler do it with minReplicas of two or more")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Deployments and Rollouts without an autoscaler. Where a claim is mounted, which may be attached once, or `Recreate` says that no two may run side by side, nothing is mended.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKinds("Deployment", "Rollout"))
        {
            var replicas = target.Spec.Entry("replicas");
            if (replicas?.Value.Text() is { } text && !(long.TryParse(text, out var count) && count == 1)) continue;
            if (target.Spec is null || cluster.ScalersOf(target).Any()) continue;
            report.In(file, replicas?.Range ?? target.Range, $"{target.Title} runs one pod{(replicas is null ? ", because replicas is not set" : "")}", "expected two or more", fix: Mend(file, target));
        }
    }

    private static Fix? Mend(SourceFile file, KubernetesObject target) =>
        target.Spec is not YamlMapping spec || target.Spec.Get("strategy").Text("type") == "Recreate" || target.Pod?.Volumes.Any(v => v.Entry("persistentVolumeClaim") is not null) == true ? null
        : ManifestFix.In(file, FixSafety.Unsafe, "run two pods", ManifestFix.Set(file.Text, spec, "2", "replicas"));
}
