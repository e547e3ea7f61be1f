using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ServiceMonitorSelectsNothingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "service-monitor-selects-nothing", "Service monitor selects no service", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "No metrics means no canary analysis",
        "Make the selector match the labels of a Service (PodMonitor: of pods)")
    {
        Details = "Shown to everyone where a Service is deployed together with the monitor, and neither a chart that lies elsewhere nor a remote kustomization brings others; else what it selects may come from elsewhere, and `--persona pedantic` shows it. "
            + "Monitors of the cluster's own parts (namespaces `default` and `kube-system`) are left alone.",
    };

    // the API server, DNS and the kubelet are nobody's manifests
    private static readonly string[] s_clusters = ["default", "kube-system"];

    public void Check(Repository repository, Report report)
    {
        var (cluster, elsewhere) = (Cluster.Of(repository), MadeElsewhere.Of(repository));
        var remote = repository.All<Kustomize.Kustomization>().Where(k => k.Document.Resources.Any(r => k.Document.Local(r.Value) is not { } local || !repository.Has(local))).Select(k => RelativePath.Folder(k.File.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var (file, monitor) in cluster.OfKinds("ServiceMonitor", "PodMonitor"))
        {
            if (monitor.Spec.Entry("selector") is not { } selector || LabelSelector.IsEmpty(selector.Value) || selector.Value.Scalars().Any(s => Revision.IsOpen(s.Value))) continue;
            if (monitor.Spec.Get("namespaceSelector", "matchNames").Items() is { Count: > 0 } names && names.All(n => s_clusters.Contains(n.Text()))) continue;
            var everywhere = monitor.Spec.Get("namespaceSelector").Entries().Count > 0;
            if (monitor.Kind == "ServiceMonitor" ? Services(cluster, monitor, selector.Value, everywhere) : Pods(cluster, monitor, selector.Value, everywhere)) continue;
            report.In(file, selector.Range, $"{monitor.Title} selects no {(monitor.Kind == "ServiceMonitor" ? "service" : "pod")}", "without metrics no canary is judged",
                level: monitor.Placement.Roots.Any(remote.Contains) || elsewhere.HasChart(monitor) || !HasServices(cluster, monitor) ? Level.Pedantic : null);
        }
    }

    private static bool HasServices(Cluster cluster, KubernetesObject monitor) =>
        cluster.OfKind("Service").Any(s => s.Document.Group.Length == 0 && Neighbours.AreTogether(s.Document, monitor)) && !cluster.OfKind("HelmRelease").Any(r => Neighbours.AreTogether(r.Document, monitor));

    private static bool Services(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.Known("Service").Any(s =>
        (everywhere || s.Document.SharesNamespace(monitor)) && LabelSelector.Matches(selector, LabelSelector.Labels(s.Document.Metadata.Get("labels"))));

    private static bool Pods(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.AllPods.Any(p =>
        (everywhere || p.Document.Owner.SharesNamespace(monitor)) && LabelSelector.Matches(selector, p.Document.Labels));
}
