using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NetworkPolicySelectsNoPodsRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "network-policy-selects-no-pods", "Network policy selects no pods", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "The protection exists on paper only",
        "Make podSelector match the labels of the pods it is meant to protect")
    {
        Details = "Where no workload is declared beside it, or a custom resource, a kustomization or a chart that lies elsewhere may give the labels, the pods may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var (cluster, elsewhere) = (Cluster.Of(repository), MadeElsewhere.Of(repository));
        foreach (var (file, policy) in cluster.OfKind("NetworkPolicy"))
        {
            if (policy.Spec.Entry("podSelector") is not { } selector || LabelSelector.IsEmpty(selector.Value) || cluster.Selected(selector.Value, policy).Any()) continue;
            report.In(file, selector.Range, $"{policy.Title} selects no pod", "expected the labels of a pod template in its namespace",
                level: cluster.DeclaresPods(policy) && !elsewhere.MayMatch(selector.Value.Get("matchLabels"), policy) && !elsewhere.HasChart(policy) ? null : Level.Pedantic);
        }
    }
}
