using System.Runtime.CompilerServices;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>What may make pods and more that no manifest here declares: operators, and charts that lie elsewhere.</summary>
internal sealed class MadeElsewhere
{
    private static readonly ConditionalWeakTable<Repository, MadeElsewhere> s_built = [];

    // these groups have controllers, but none of their kinds stands for pods
    private static readonly HashSet<string> s_podless = new(StringComparer.Ordinal)
    {
        "", "apps", "batch", "autoscaling", "policy", "extensions", "keda.sh", "cert-manager.io", "bitnami.com", "flagger.app", "kyverno.io", "kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "notification.toolkit.fluxcd.io",
        "image.toolkit.fluxcd.io", "networking.istio.io", "security.istio.io", "telemetry.istio.io", "traefik.io", "traefik.containo.us", "cilium.io", "secrets-store.csi.x-k8s.io", "kustomize.config.k8s.io", ExternalSecrets.Group,
    };

    private static readonly HashSet<string> s_monitors = new(StringComparer.Ordinal) { "ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "ScrapeConfig", "AlertmanagerConfig" };

    // kubeadm and the installers of clusters label the cluster's own pods so
    private static readonly string[] s_clusters = ["k8s-app", "component", "tier"];

    private readonly Repository _repository;
    private readonly IReadOnlyList<KubernetesObject> _operated;
    private readonly IReadOnlyList<KubernetesObject> _releases;
    private readonly IReadOnlySet<(string, string)> _labels;

    private MadeElsewhere(Repository repository)
    {
        _repository = repository;
        var objects = Cluster.Of(repository).All.Select(o => o.Document).ToList();
        _operated = [.. objects.Where(o => MakesPods(o) && o.Name.Length > 0)];
        _releases = [.. objects.Where(o => o.Kind is "HelmRelease" or "HelmChart" || ArgoApplication.Of(o)?.Sources.Any(s => s.Chart is not null) == true)];
        _labels = repository.All<Kustomization>().SelectMany(k => Given(k.Document.Root)).ToHashSet();
    }

    public static MadeElsewhere Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>
    /// Whether pods that labels select may be made so: a custom resource gives its name, or its group, to the label; a kustomization
    /// gives it; or they are the cluster's own.
    /// </summary>
    public bool MayMatch(YamlNode? labels, KubernetesObject near)
    {
        var asked = labels.Entries().Select(e => (Key: e.Key.Value, Value: e.Value.Text() ?? "")).ToList();
        return asked.Any(_labels.Contains)
            || (near.Namespace == "kube-system" && asked.Any(a => s_clusters.Contains(a.Key)))
            || _operated.Any(o => o.SharesNamespace(near) && asked.Any(a => a.Value == o.Name || (o.Group.Contains('.') && a.Key.StartsWith(o.Group + "/", StringComparison.Ordinal))));
    }

    /// <summary>Whether a chart that lies elsewhere is deployed beside an object: values for one in its folder, or a release of its folder's name or into its namespace.</summary>
    public bool HasChart(KubernetesObject near) => near.Chart is null && (HasValues(near.Folder)
        || _releases.Any(r => r.Folder == near.Folder || r.Name == near.Folder[(near.Folder.LastIndexOf('/') + 1)..] || (near.Namespace is { Length: > 0 } space && Target(r) == space)));

    private bool HasValues(string folder) => _repository.Below(folder.Length == 0 ? "" : folder + "/").TakeWhile((_, i) => i < 2_000)
        .Any(p => RelativePath.Folder(p) == folder && p[(p.LastIndexOf('/') + 1)..] is var name && name.StartsWith("values", StringComparison.Ordinal) && Readers.YamlFile.HasYamlName(name));

    // docs of Flux, HelmRelease: targetNamespace; of Argo CD, Application: destination
    private static string? Target(KubernetesObject release) => release.Kind == "Application" ? release.Spec.Get("destination").Text("namespace") : release.Spec.Text("targetNamespace") ?? release.Namespace;

    private static bool MakesPods(KubernetesObject item) => !s_podless.Contains(item.Group) && !item.Group.EndsWith(".k8s.io", StringComparison.Ordinal)
        && !(item.Group == "monitoring.coreos.com" && s_monitors.Contains(item.Kind)) && !(item.Group == ArgoApplication.Group && item.Kind is "Rollout" or "AppProject" or "AnalysisTemplate" or "ClusterAnalysisTemplate" or "AnalysisRun");

    /// <summary>Labels that a kustomization puts on what it takes in.</summary>
    private static IEnumerable<(string, string)> Given(YamlMapping root) => root.Get("commonLabels").Entries()
        .Concat(root.Get("labels").Items().Where(l => l.Switch("includeSelectors") == true || l.Switch("includeTemplates") == true).SelectMany(l => l.Get("pairs").Entries()))
        .Select(e => (e.Key.Value, e.Value.Text() ?? ""));
}
