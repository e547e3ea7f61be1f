using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>The beginnings of Kubernetes objects.</summary>
internal static class Kube
{
    public static OutMap Object(string version, string kind, string name, string? space = null, IEnumerable<(string Key, string Value)>? labels = null) => new OutMap().Add("apiVersion", version).Add("kind", kind)
        .Add("metadata", new OutMap().Add("name", name).Add("namespace", space).Add("labels", Map(labels ?? [])));

    /// <param name="level">What Pod Security enforces there: kubernetes.io/docs/concepts/security/pod-security-standards.</param>
    public static OutMap Namespace(string name, string level) => new OutMap().Add("apiVersion", "v1").Add("kind", "Namespace").Add("metadata", new OutMap().Add("name", name)
        .Add("labels", Map([("pod-security.kubernetes.io/enforce", level), ("pod-security.kubernetes.io/warn", "restricted")]))
        // whoever takes the environment out of Git must not lose all that runs in it
        .Add("annotations", Map([("argocd.argoproj.io/sync-options", "Prune=false"), ("kustomize.toolkit.fluxcd.io/prune", "disabled")])));

    public static OutMap Map(IEnumerable<(string Key, string Value)> pairs) => pairs.Aggregate(new OutMap(), (map, pair) => map.Add(pair.Key, pair.Value));

    public static IReadOnlyList<YamlOut> List(params YamlOut[] items) => items;
}
