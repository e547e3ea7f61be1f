using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>A switch that a release turns on in a chart's values.</summary>
/// <param name="OnEveryNode">Whether what it belongs to is said to be a DaemonSet.</param>
internal readonly record struct ReleaseSwitch(YamlEntry Entry, bool OnEveryNode);

/// <summary>
/// Values that Flux's HelmRelease and Argo CD's Application hand to a chart which is not here. Charts call the fields of a pod by
/// the pod's own names.
/// </summary>
internal static class ReleaseValues
{
    /// <summary>Where a field of the pod is true.</summary>
    public static IEnumerable<ReleaseSwitch> On(KubernetesObject target, string field) => Values(target).SelectMany(v => On(v, field, null, false));

    /// <summary>Where a field of a security context is true.</summary>
    public static IEnumerable<ReleaseSwitch> OnInSecurityContext(KubernetesObject target, string field) =>
        Values(target).SelectMany(v => On(v, field, "securityContext", false));

    private static IEnumerable<YamlNode> Values(KubernetesObject target)
    {
        if (Flux.IsRelease(target)) return target.Spec.Get("values") is { } values ? [values] : [];
        return ArgoApplication.Of(target)?.Sources.Select(s => s.Root.Get("helm", "valuesObject")).OfType<YamlNode>() ?? [];
    }

    private static IEnumerable<ReleaseSwitch> On(YamlNode node, string field, string? within, bool everyNode, string name = "")
    {
        if (node is YamlSequence list) return list.Items.SelectMany(i => On(i, field, within, everyNode, name));
        if (node is not YamlMapping map) return [];
        everyNode |= map.Text("type")?.Equals("daemonset", StringComparison.OrdinalIgnoreCase) == true || map.Text("kind") == "DaemonSet";
        var here = within is null || name.EndsWith(within, StringComparison.OrdinalIgnoreCase);
        return map.Entries.SelectMany(e => here && e.Key.Value == field && e.Value.Switch() == true ? [new(e, everyNode)] : On(e.Value, field, within, everyNode, e.Key.Value));
    }
}
