using System.Runtime.CompilerServices;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>All manifests of a repository together, as if they were applied: for rules that join objects.</summary>
internal sealed class Cluster
{
    private static readonly ConditionalWeakTable<Repository, Cluster> s_built = [];

    private readonly ILookup<string, Located<KubernetesObject>> _byKind;
    private readonly ILookup<(string Kind, string Name), Located<KubernetesObject>> _byName;
    private readonly ILookup<KeyValuePair<string, string>, Located<Pod>> _byLabel;
    private readonly ILookup<(string Kind, string Name), Located<KubernetesObject>> _scalers;

    private Cluster(Repository repository)
    {
        Objects = [.. repository.All<KubernetesObject>().Where(o => !o.Document.IsPartial)];
        Pods = [.. repository.All<Pod>().Where(p => !p.Document.Owner.IsPartial)];
        _byKind = Objects.ToLookup(o => o.Document.Kind, StringComparer.Ordinal);
        _byName = Objects.ToLookup(o => (o.Document.Kind, o.Document.Name));
        _byLabel = Pods.SelectMany(p => p.Document.Labels.Select(l => (Label: l, Pod: p))).ToLookup(p => p.Label, p => p.Pod);
        _scalers = OfKind("HorizontalPodAutoscaler").Concat(OfKind("ScaledObject"))
            .ToLookup(s => (s.Document.Spec.Get("scaleTargetRef").Text("kind") ?? "Deployment", s.Document.Spec.Get("scaleTargetRef").Text("name") ?? ""));
    }

    public static Cluster Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    public IReadOnlyList<Located<KubernetesObject>> Objects { get; }

    /// <summary>Everything that runs pods.</summary>
    public IReadOnlyList<Located<Pod>> Pods { get; }

    public IEnumerable<Located<KubernetesObject>> OfKind(string kind) => _byKind[kind];

    public IEnumerable<Located<KubernetesObject>> OfKinds(params IEnumerable<string> kinds) => kinds.SelectMany(k => _byKind[k]);

    /// <summary>The objects of a kind and name that can live in the same namespace as another object.</summary>
    public IEnumerable<Located<KubernetesObject>> Named(string kind, string? name, KubernetesObject near) =>
        _byName[(kind, name ?? "")].Where(o => o.Document.SharesNamespace(near));

    /// <summary>The objects of a kind and name in a namespace; null is the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<KubernetesObject>> Named(string kind, string? name, string? space, KubernetesObject near) =>
        space is null ? Named(kind, name, near) : _byName[(kind, name ?? "")].Where(o => o.Document.IsIn(space));

    /// <summary>The workloads whose pods a plain map of labels selects, in the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<Pod>> SelectedByMap(YamlNode? map, KubernetesObject near) =>
        Candidates(map).Where(p => p.Document.Owner.SharesNamespace(near) && LabelSelector.MatchesMap(map, p.Document.Labels));

    /// <summary>The workloads whose pods a label selector selects, in the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<Pod>> Selected(YamlNode? selector, KubernetesObject near) =>
        Candidates(selector.Get("matchLabels")).Where(p => p.Document.Owner.SharesNamespace(near) && LabelSelector.Matches(selector, p.Document.Labels));

    /// <summary>What scales a workload by itself.</summary>
    public IEnumerable<Located<KubernetesObject>> ScalersOf(KubernetesObject workload) =>
        _scalers[(workload.Kind, workload.Name)].Where(s => s.Document.SharesNamespace(workload));

    /// <summary>The disruption budgets over a workload's pods.</summary>
    public IEnumerable<Located<KubernetesObject>> BudgetsOf(Pod pod) => OfKind("PodDisruptionBudget").Where(b =>
        b.Document.SharesNamespace(pod.Owner) && b.Document.Spec.Get("selector") is { } selector && LabelSelector.Matches(selector, pod.Labels)
        && (!LabelSelector.IsEmpty(selector) || b.Document.Group == "policy"));

    // the first label narrows the search: repositories with thousands of manifests are real
    private IEnumerable<Located<Pod>> Candidates(YamlNode? map) =>
        map.Entries() is [var first, ..] ? _byLabel[new(first.Key.Value, first.Value.Text() ?? "")] : Pods;
}
