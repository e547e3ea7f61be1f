using System.Runtime.CompilerServices;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>All manifests of a repository together, as if they were applied: for rules that join objects. What tests are fed with and what documentation shows is not applied.</summary>
internal sealed class Cluster
{
    private static readonly ConditionalWeakTable<Repository, Cluster> s_built = [];

    private readonly ILookup<string, Located<KubernetesObject>> _byKind;
    private readonly ILookup<(string Kind, string Name), Located<KubernetesObject>> _byName;
    private readonly ILookup<KeyValuePair<string, string>, Located<Pod>> _byLabel;
    private readonly ILookup<object?, Located<KubernetesObject>> _scalers;
    private readonly ILookup<object?, Located<KubernetesObject>> _budgets;

    private Cluster(Repository repository)
    {
        All = [.. repository.All<KubernetesObject>().Where(o => !o.Document.Placement.IsPartial && IsDeployed(repository, o.File, o.Document))];
        AllPods = [.. repository.All<Pod>().Where(p => !p.Document.Owner.Placement.IsPartial && IsDeployed(repository, p.File, p.Document.Owner))];
        Objects = [.. All.Where(o => !o.Document.IsPartial)];
        Pods = [.. AllPods.Where(p => !p.Document.Owner.IsPartial)];
        _byKind = All.ToLookup(o => o.Document.Kind, StringComparer.Ordinal);
        _byName = All.ToLookup(o => (o.Document.Kind, o.Document.Name));
        _byLabel = AllPods.SelectMany(p => p.Document.Labels.Select(l => (Label: l, Pod: p))).ToLookup(p => p.Label, p => p.Pod);
        _scalers = Known("HorizontalPodAutoscaler", "ScaledObject").SelectMany(s => ScaledBy(s.Document).Select(t => (Target: t.Document, Scaler: s))).ToLookup<(KubernetesObject Target, Located<KubernetesObject> Scaler), object?, Located<KubernetesObject>>(s => s.Target, s => s.Scaler, ReferenceEqualityComparer.Instance);
        _budgets = Known("PodDisruptionBudget").SelectMany(b => ProtectedBy(b.Document).Select(p => (Pod: p.Document, Budget: b))).ToLookup<(Pod Pod, Located<KubernetesObject> Budget), object?, Located<KubernetesObject>>(b => b.Pod, b => b.Budget, ReferenceEqualityComparer.Instance);
    }

    // a piece of documentation is deployed where a kustomization or a chart takes it in
    private static bool IsDeployed(Repository repository, SourceFile file, KubernetesObject target) => !TestData.IsAlone(repository, file.Path) || (!TestData.Holds(repository, file.Path) && (target.Chart is not null || target.Placement.Roots.Count > 0));

    public static Cluster Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>Everything that is known to exist. Of what is partial not all is known: what it lacks says nothing.</summary>
    public IReadOnlyList<Located<KubernetesObject>> All { get; }

    /// <summary>The same of what runs pods.</summary>
    public IReadOnlyList<Located<Pod>> AllPods { get; }

    /// <summary>The objects that are known whole.</summary>
    public IReadOnlyList<Located<KubernetesObject>> Objects { get; }

    /// <summary>Everything known whole that runs pods.</summary>
    public IReadOnlyList<Located<Pod>> Pods { get; }

    public IEnumerable<Located<KubernetesObject>> OfKind(string kind) => _byKind[kind].Where(o => !o.Document.IsPartial);

    public IEnumerable<Located<KubernetesObject>> OfKinds(params IEnumerable<string> kinds) => kinds.SelectMany(OfKind);

    /// <summary>Those of some kinds that are known to exist, partial ones among them.</summary>
    public IEnumerable<Located<KubernetesObject>> Known(params IEnumerable<string> kinds) => kinds.SelectMany(k => _byKind[k]);

    /// <summary>The objects of a kind and name that can live in the same namespace as another object.</summary>
    public IEnumerable<Located<KubernetesObject>> Named(string kind, string? name, KubernetesObject near) =>
        Nearest(near, _byName[(kind, name ?? "")].Where(o => o.Document.SharesNamespace(near)));

    /// <summary>The objects of a kind and name in a namespace; null is the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<KubernetesObject>> Named(string kind, string? name, string? space, KubernetesObject near) =>
        space is null ? Named(kind, name, near) : Nearest(near, _byName[(kind, name ?? "")].Where(o => o.Document.IsIn(space)));

    /// <summary>The workloads whose pods a plain map of labels selects, in the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<Pod>> SelectedByMap(YamlNode? map, KubernetesObject near) =>
        Neighbours.Nearest(near, Candidates(map).Where(p => p.Document.Owner.SharesNamespace(near) && LabelSelector.MatchesMap(map, p.Document.Labels)), p => p.Owner);

    /// <summary>The workloads whose pods a label selector selects, in the namespace of <paramref name="near"/>.</summary>
    public IEnumerable<Located<Pod>> Selected(YamlNode? selector, KubernetesObject near) =>
        Neighbours.Nearest(near, Candidates(selector.Get("matchLabels")).Where(p => p.Document.Owner.SharesNamespace(near) && LabelSelector.Matches(selector, p.Document.Labels)), p => p.Owner);

    /// <summary>What scales a workload by itself.</summary>
    public IEnumerable<Located<KubernetesObject>> ScalersOf(KubernetesObject workload) => _scalers[workload];

    /// <summary>The disruption budgets over a workload's pods.</summary>
    public IEnumerable<Located<KubernetesObject>> BudgetsOf(Pod pod) => _budgets[pod];

    /// <summary>Whether an object's own deployment declares anything of a kind for its namespace: then what is missing is missing there.</summary>
    public bool Declares(string kind, KubernetesObject near) => _byKind[kind].Any(o => o.Document.SharesNamespace(near) && Neighbours.AreTogether(o.Document, near));

    /// <summary>The same of pods.</summary>
    public bool DeclaresPods(KubernetesObject near) => AllPods.Any(p => p.Document.Owner.SharesNamespace(near) && Neighbours.AreTogether(p.Document.Owner, near));

    private IEnumerable<Located<KubernetesObject>> ScaledBy(KubernetesObject scaler) =>
        Named(scaler.Spec.Get("scaleTargetRef").Text("kind") ?? "Deployment", scaler.Spec.Get("scaleTargetRef").Text("name"), scaler);

    // before policy/v1beta1 was gone, nothing selected meant nothing
    private IEnumerable<Located<Pod>> ProtectedBy(KubernetesObject budget) =>
        budget.Spec.Get("selector") is { } selector && (!LabelSelector.IsEmpty(selector) || budget.Group == "policy") ? Selected(selector, budget) : [];

    private static IReadOnlyList<Located<KubernetesObject>> Nearest(KubernetesObject near, IEnumerable<Located<KubernetesObject>> found) => Neighbours.Nearest(near, found, o => o);

    // the first label narrows the search: repositories with thousands of manifests are real
    private IEnumerable<Located<Pod>> Candidates(YamlNode? map) =>
        map.Entries().FirstOrDefault(e => !LabelSelector.IsGiven(e.Key.Value)) is { } first ? _byLabel[new(first.Key.Value, first.Value.Text() ?? "")] : AllPods;
}
