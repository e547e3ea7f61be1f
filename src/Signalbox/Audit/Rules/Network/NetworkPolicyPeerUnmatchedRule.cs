using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NetworkPolicyPeerUnmatchedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "network-policy-peer-unmatched", "Network policy peer matches no pods", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Wanted traffic is blocked",
        "Make the peer's podSelector match the labels of the pods that must get through")
    {
        Persona = Persona.Pedantic,
        Details = "Peers of the policy's own namespace; those of others may be declared elsewhere.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, policy) in cluster.OfKind("NetworkPolicy"))
            foreach (var peer in Peers(policy))
                if (peer.Entry("namespaceSelector") is null && peer.Entry("podSelector") is { } selector && !LabelSelector.IsEmpty(selector.Value) && !cluster.Selected(selector.Value, policy).Any())
                    report.In(file, selector.Range, $"a peer of {policy.Title} matches no pod", "expected the labels of a pod template");
    }

    private static IEnumerable<YamlNode> Peers(KubernetesObject policy) =>
        policy.Spec.Get("ingress").Items().SelectMany(r => r.Get("from").Items()).Concat(policy.Spec.Get("egress").Items().SelectMany(r => r.Get("to").Items()));
}
