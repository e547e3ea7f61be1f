using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Whether anybody sends requests to a container: a port alone is none.</summary>
internal static partial class Traffic
{
    /// <summary>
    /// Whether a Service reaches it at a port that serves. Where nothing beside it declares a Service, one may come from elsewhere, and the
    /// port counts; a chart is whole in itself.
    /// </summary>
    public static bool Reaches(Cluster cluster, PodContainer container)
    {
        var serving = container.Ports.Where(p => !Watches().IsMatch(p.Text("name") ?? "")).ToList();
        if (serving.Count == 0) return false;
        var owner = container.Pod.Owner;
        if (serving.Any(p => p.Get("hostPort") is not null) || container.Pod.Spec.Switch("hostNetwork") == true) return true;
        if (owner.Chart is { IsOpen: true } || (owner.Chart is null && !cluster.Declares("Service", owner))) return true;
        return cluster.Known("Service").Any(s => s.Document.SharesNamespace(owner) && s.Document.Chart == owner.Chart && Serves(s.Document, container, serving))
            // it makes the Services of what it releases
            || cluster.Known("Canary").Any(c => c.Document.Spec.Get("targetRef").Text("name") == owner.Name);
    }

    private static bool Serves(KubernetesObject service, PodContainer container, List<YamlMapping> serving) => service.Spec.Get("selector") is { } selector
        ? selector.Entries().Count > 0 && LabelSelector.MatchesMap(selector, container.Pod.Labels) && Meets(service, container, serving)
        : service.IsPartial || GetsSelector(service, container, serving);

    // what labels a kustomization gives it gives the selector, too
    private static bool GetsSelector(KubernetesObject service, PodContainer container, List<YamlMapping> serving) => service.Placement.Roots.Count > 0 && Neighbours.AreTogether(service, container.Pod.Owner)
        && service.Spec.Get("ports").Items().Any(p => (p.Text("targetPort") ?? p.Text("port")) is { } target && Targets(serving).Contains(target));

    // a target that no container declares may be any of them
    private static bool Meets(KubernetesObject service, PodContainer container, List<YamlMapping> serving)
    {
        var ports = service.Spec.Get("ports").Items();
        if (ports.Count == 0) return true;
        var (served, declared) = (Targets(serving), Targets(container.Pod.Containers.SelectMany(c => c.Ports)));
        return ports.Any(p => (p.Text("targetPort") ?? p.Text("port")) is not { } target || served.Contains(target) || !declared.Contains(target));
    }

    // what a Service may call them by
    private static HashSet<string> Targets(IEnumerable<YamlMapping> ports) => [.. ports.SelectMany(p => (string?[])[p.Text("containerPort"), p.Text("name")]).OfType<string>()];

    // who looks at a program is no user of it
    [GeneratedRegex("metric|profil|pprof|debug|health", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Watches();
}
