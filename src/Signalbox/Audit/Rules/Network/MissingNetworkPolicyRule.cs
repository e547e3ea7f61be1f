using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingNetworkPolicyRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "missing-network-policy", "Pods not covered by a network policy", Theme.Network, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Any pod in the cluster can reach them",
        "Add a NetworkPolicy that selects the pods and names who may reach them")
    {
        Persona = Persona.Auditor,
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        var covered = cluster.Known("NetworkPolicy", "CiliumNetworkPolicy").SelectMany(p => cluster.Selected(p.Document.Spec.Get("podSelector") ?? p.Document.Spec.Get("endpointSelector"), p.Document))
            .Select(p => p.Document).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (file, pod) in cluster.Pods)
            if (pod.Spec.Switch("hostNetwork") != true && !covered.Contains(pod))
                report.In(file, pod.Owner.Range, $"no network policy covers the pods of {pod.Owner.Title}", "every pod of the cluster may reach them");
    }
}
