using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ServiceMonitorSelectsNothingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "service-monitor-selects-nothing", "Service monitor selects no service", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "No metrics means no canary analysis",
        "Make the selector match the labels of a Service (PodMonitor: of pods)");

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, monitor) in cluster.OfKinds("ServiceMonitor", "PodMonitor"))
        {
            if (monitor.Spec.Entry("selector") is not { } selector || LabelSelector.IsEmpty(selector.Value)) continue;
            var everywhere = monitor.Spec.Get("namespaceSelector").Entries().Count > 0;
            if (monitor.Kind == "ServiceMonitor" ? Services(cluster, monitor, selector.Value, everywhere) : Pods(cluster, monitor, selector.Value, everywhere)) continue;
            report.In(file, selector.Range, $"{monitor.Title} selects no {(monitor.Kind == "ServiceMonitor" ? "service" : "pod")}", "without metrics no canary is judged",
                level: cluster.All.Any(o => o.Document.Kind == "Service" && o.Document.Group.Length == 0) ? null : Level.Pedantic);
        }
    }

    private static bool Services(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.Known("Service").Any(s =>
        (everywhere || s.Document.SharesNamespace(monitor)) && LabelSelector.Matches(selector, LabelSelector.Labels(s.Document.Metadata.Get("labels"))));

    private static bool Pods(Cluster cluster, KubernetesObject monitor, YamlNode selector, bool everywhere) => cluster.AllPods.Any(p =>
        (everywhere || p.Document.Owner.SharesNamespace(monitor)) && LabelSelector.Matches(selector, p.Document.Labels));
}
