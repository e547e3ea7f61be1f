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
        Details = "Shown to everyone where a Service is deployed together with the monitor, and neither a Flux HelmRelease nor a remote kustomization brings others; else what it selects may come from elsewhere, and `--persona pedantic` shows it. "
            + "Monitors of the cluster's own parts (namespaces `default` and `kube-system`) are left alone.",
    };

    // the API server, DNS and the kubelet are nobody's manifests
    private static readonly string[] s_clusters = ["default", "kube-system"];

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        var remote = repository.All<Kustomize.Kustomization>().Any(k => k.Document.Resources.Any(r => r.Value.Contains("://", StringComparison.Ordinal) || r.Value.StartsWith("github.com/", StringComparison.Ordinal)));
        foreach (var (file, monitor) in cluster.OfKinds("ServiceMonitor", "PodMonitor"))
        {
            if (monitor.Spec.Entry("selector") is not { } selector || LabelSelector.IsEmpty(selector.Value) || selector.Value.Scalars().Any(s => Revision.IsOpen(s.Value))) continue;
            if (monitor.Spec.Get("namespaceSelector", "matchNames").Items() is { Count: > 0 } names && names.All(n => s_clusters.Contains(n.Text()))) continue;
            var everywhere = monitor.Spec.Get("namespaceSelector").Entries().Count > 0;
            if (monitor.Kind == "ServiceMonitor" ? Services(cluster, monitor, selector.Value, everywhere) : Pods(cluster, monitor, selector.Value, everywhere)) continue;
            report.In(file, selector.Range, $"{monitor.Title} selects no {(monitor.Kind == "ServiceMonitor" ? "service" : "pod")}", "without metrics no canary is judged",
                level: remote || !HasServices(cluster, monitor) ? Level.Pedantic : null);
        }
    }

    private static bool HasServices(Cluster cluster, KubernetesObject monitor)
    {
        var together = cluster.All.Select(o => o.Document).Where(o => Neighbours.AreTogether(o, monitor)).ToList();
        return together.Exists(o => o.Kind == "Service" && o.Group.Length == 0) && !together.Exists(o => o.Kind == "HelmRelease");
    }

    private static bool Services(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.Known("Service").Any(s =>
        (everywhere || s.Document.SharesNamespace(monitor)) && LabelSelector.Matches(selector, LabelSelector.Labels(s.Document.Metadata.Get("labels"))));

    private static bool Pods(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.AllPods.Any(p =>
        (everywhere || p.Document.Owner.SharesNamespace(monitor)) && LabelSelector.Matches(selector, p.Document.Labels));
}
