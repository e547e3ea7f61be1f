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
        Details = "Where no workload is declared beside it (in its chart or kustomization, its folder or one above or below), its pods may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, service) in cluster.OfKind("Service"))
        {
            if (service.Group.Length > 0 || service.Spec.Text("type") == "ExternalName" || service.Spec.Entry("selector") is not { } selector || selector.Value.Entries().Count == 0) continue;
            if (cluster.SelectedByMap(selector.Value, service).Any()) continue;
            report.In(file, selector.Range, $"{service.Title} selects no pod", "expected the labels of a pod template in its namespace",
                level: cluster.DeclaresPods(service) ? null : Level.Pedantic);
        }
    }
}
