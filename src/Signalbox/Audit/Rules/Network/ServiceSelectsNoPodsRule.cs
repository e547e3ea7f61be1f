using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ServiceSelectsNoPodsRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "service-selects-no-pods", "Service selects no pods", Theme.Network, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Every request fails",
        "Make the selector match the labels of a pod template in the same namespace")
    {
        Details = "Where no workload is declared beside it (in its chart or kustomization, its folder or one above or below), its pods may be made elsewhere: shown to `--persona pedantic`. The same holds for labels that a custom resource or a kustomization gives, for the cluster's own pods, beside a chart that lies elsewhere, and where only a namespace that is left out tells the two apart.",
    };

    public void Check(Repository repository, Report report)
    {
        var (cluster, elsewhere) = (Cluster.Of(repository), MadeElsewhere.Of(repository));
        foreach (var (file, service) in cluster.OfKind("Service"))
        {
            if (service.Group.Length > 0 || service.Spec.Text("type") == "ExternalName" || service.Spec.Entry("selector") is not { } selector || selector.Value.Entries().Count == 0) continue;
            if (cluster.SelectedByMap(selector.Value, service).Any()) continue;
            report.In(file, selector.Range, $"{service.Title} selects no pod", "expected the labels of a pod template in its namespace",
                level: cluster.DeclaresPods(service) && !elsewhere.MayMatch(selector.Value, service) && !elsewhere.HasChart(service) && !MeetsWhenApplied(cluster, service, selector.Value) ? null : Level.Pedantic);
        }
    }

    // kubectl apply --namespace gives what is left out
    private static bool MeetsWhenApplied(Cluster cluster, KubernetesObject service, YamlNode selector) => cluster.AllPods.Any(p => p.Document.Owner is var owner
        && owner.Folder == service.Folder && owner.Namespace is null != service.Namespace is null && LabelSelector.MatchesMap(selector, p.Document.Labels));
}
