using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Labels and the selectors that match them, as kubernetes.io/docs/concepts/overview/working-with-objects/labels says.</summary>
internal static class LabelSelector
{
    public static IReadOnlyDictionary<string, string> Labels(YamlNode? labels)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in labels.Entries())
            if (entry.Value.Text() is { } value) found[entry.Key.Value] = value;
        return found;
    }

    /// <summary>Whether a plain map of labels (a service's selector) matches. An empty one matches everything.</summary>
    public static bool MatchesMap(YamlNode? map, IReadOnlyDictionary<string, string> labels) =>
        map.Entries().All(e => IsGiven(e.Key.Value) || labels.TryGetValue(e.Key.Value, out var value) && value == e.Value.Text());

    /// <summary>Labels that controllers give to their pods: no template has them (kubernetes.io/docs/reference/labels-annotations-taints).</summary>
    public static bool IsGiven(string key) => key is "statefulset.kubernetes.io/pod-name" or "apps.kubernetes.io/pod-index" or "pod-template-hash" or "rollouts-pod-template-hash" or "controller-revision-hash" or "job-name" or "batch.kubernetes.io/job-name";

    /// <summary>Whether a selector with <c>matchLabels</c> and <c>matchExpressions</c> matches. An empty one matches everything.</summary>
    public static bool Matches(YamlNode? selector, IReadOnlyDictionary<string, string> labels) =>
        MatchesMap(selector.Get("matchLabels"), labels) && selector.Get("matchExpressions").Items().All(e => Holds(e, labels));

    public static bool IsEmpty(YamlNode? selector) =>
        selector.Get("matchLabels").Entries().Count == 0 && selector.Get("matchExpressions").Items().Count == 0;

    /// <summary>The selector of a workload: old controllers keep a plain map.</summary>
    public static bool MatchesOwn(KubernetesObject workload, IReadOnlyDictionary<string, string> labels) => workload.Spec.Get("selector") is { } selector
        && (workload.Kind is "ReplicationController" or "DeploymentConfig" ? MatchesMap(selector, labels) : Matches(selector, labels));

    private static bool Holds(YamlNode expression, IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(expression.Text("key") ?? "");
        return expression.Text("operator") switch
        {
            "In" => value is not null && Lists(expression, value),
            "NotIn" => value is null || !Lists(expression, value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            // an operator nobody knows is the API server's to refuse
            _ => true,
        };
    }

    private static bool Lists(YamlNode expression, string value) => expression.Get("values").Items().Any(v => v.Text() == value);
}
