using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class StatefulsetServiceMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "statefulset-service-missing", "StatefulSet service missing or not headless", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Pods get no stable names",
        "Name a headless Service (clusterIP: None) of the namespace that selects the pods in serviceName");

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKind("StatefulSet"))
        {
            if (target.Pod is not { } pod) continue;
            var entry = target.Spec.Entry("serviceName");
            var name = entry?.Value.Text();
            var services = cluster.Named("Service", name, target).ToList();
            if (services.Any(s => s.Document.IsPartial || s.Document.Spec.Text("clusterIP") == "None" && LabelSelector.MatchesMap(s.Document.Spec.Get("selector"), pod.Labels))) continue;
            var what = name is null or "" ? "names no service" : services.Count == 0 ? $"names service '{YamlQuote.Short(name)}', which no manifest declares" : $"names service '{YamlQuote.Short(name)}', which is not headless or selects other pods";
            report.In(file, entry?.Range ?? target.Range, $"{target.Title} {what}", "its pods get no stable names", level: services.Count > 0 || cluster.Declares("Service", target) ? null : Level.Pedantic);
        }
    }
}
