using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AntiAffinityMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "anti-affinity-missing", "Replicas may share one node", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "One node failure takes all replicas",
        "Add a podAntiAffinity, or a topologySpreadConstraint, over kubernetes.io/hostname that selects the pod's own labels")
    {
        Persona = Persona.Pedantic,
        Details = "Deployments, StatefulSets and Rollouts with two pods or more.",
    };

    private const string Host = "kubernetes.io/hostname";

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, pod) in cluster.Pods)
        {
            if (pod.Owner.Kind is not ("Deployment" or "StatefulSet" or "Rollout") || !HasSeveral(cluster, pod) || Spreads(pod)) continue;
            var affinity = pod.Spec.Get("affinity").Entry("podAntiAffinity");
            report.In(file, affinity?.Key.Range ?? pod.Owner.Range, $"all pods of {pod.Owner.Title} may run on one node", affinity is null ? "expected podAntiAffinity" : "its terms do not select these pods by host");
        }
    }

    private static bool HasSeveral(Cluster cluster, Pod pod) =>
        pod.Owner.Spec.Number("replicas") is > 1 || pod.Owner.Kind == "StatefulSet" && pod.Owner.Spec.Entry("replicas") is null || cluster.ScalersOf(pod.Owner).Any();

    private static bool Spreads(Pod pod)
    {
        if (pod.Spec.Get("topologySpreadConstraints").Items().Any(c => c.Text("topologyKey") == Host && LabelSelector.Matches(c.Get("labelSelector"), pod.Labels))) return true;
        var anti = pod.Spec.Get("affinity", "podAntiAffinity");
        var terms = anti.Get("requiredDuringSchedulingIgnoredDuringExecution").Items()
            .Concat(anti.Get("preferredDuringSchedulingIgnoredDuringExecution").Items().Select(t => t.Get("podAffinityTerm")).OfType<YamlNode>());
        return terms.Any(t => t.Text("topologyKey") == Host && t.Get("labelSelector") is { } selector && LabelSelector.Matches(selector, pod.Labels));
    }
}
