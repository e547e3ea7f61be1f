using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>Lays a strategic merge patch over an object: kubernetes.io, "Update API Objects in Place Using kubectl patch".</summary>
internal static class StrategicMerge
{
    private const string Directive = "$patch";

    // k8s.io/api, patchMergeKey of the lists that are merged; all others are replaced
    private static readonly Dictionary<string, string[]> s_keys = new(StringComparer.Ordinal)
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["volumes"] = ["name"],
        ["env"] = ["name"],
        ["imagePullSecrets"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["ports"] = ["containerPort", "port"],
        ["hostAliases"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey"],
    };

    /// <returns>Null where the patch says something that is not followed.</returns>
    public static YamlMapping? Apply(YamlMapping own, YamlMapping patch)
    {
        if (Unfollowed(patch) || patch.Text(Directive) == "delete") return null;
        // of a custom resource kustomize knows no keys: its lists are replaced
        var group = new KubernetesObject(own).Group;
        return Merged(own, patch, !group.Contains('.') || group.EndsWith(".k8s.io", StringComparison.Ordinal));
    }

    // the order of a list's items changes nothing that is looked at
    private static bool IsOrder(string key) => key.StartsWith("$setElementOrder/", StringComparison.Ordinal);

    private static bool Unfollowed(YamlNode? node) => node switch
    {
        YamlMapping map => map.Entries.Any(e => (e.Key.Value.StartsWith('$') && !IsOrder(e.Key.Value) && !(e.Key.Value == Directive && e.Value.Text() is "delete" or "replace" or "merge")) || Unfollowed(e.Value)),
        YamlSequence list => list.Items.Any(Unfollowed),
        _ => false,
    };

    private static YamlMapping Merged(YamlMapping own, YamlMapping patch, bool byKey)
    {
        if (patch.Text(Directive) == "replace") return Plain(patch);
        var entries = own.Entries().ToList();
        foreach (var entry in patch.Entries().Where(e => e.Key.Value != Directive && !IsOrder(e.Key.Value)))
        {
            var at = entries.FindIndex(e => e.Key.Value == entry.Key.Value);
            if (entry.Value.IsEmpty() || entry.Value.Text(Directive) == "delete") { if (at >= 0) entries.RemoveAt(at); }
            else if (at < 0) entries.Add(new(entry.Key, Plain(entry.Value)));
            else entries[at] = new(entries[at].Key, Value(entries[at].Value, entry.Value, entry.Key.Value, byKey));
        }
        return own with { Entries = entries };
    }

    private static YamlNode Value(YamlNode own, YamlNode patch, string key, bool byKey) => (own, patch) switch
    {
        (YamlMapping map, YamlMapping over) => Merged(map, over, byKey),
        (YamlSequence list, YamlSequence over) when byKey && s_keys.TryGetValue(key, out var keys) && !over.Items.Any(i => i.Text(Directive) == "replace") => Items(list, over, keys, byKey),
        _ => Plain(patch),
    };

    private static YamlSequence Items(YamlSequence own, YamlSequence patch, string[] keys, bool byKey)
    {
        var items = own.Items.ToList();
        foreach (var over in patch.Items)
        {
            var at = keys.FirstOrDefault(k => over.Text(k) is not null) is { } key ? items.FindIndex(i => i.Text(key) == over.Text(key)) : -1;
            if (over.Text(Directive) == "delete") { if (at >= 0) items.RemoveAt(at); }
            else if (at >= 0 && items[at] is YamlMapping map && over is YamlMapping changed) items[at] = Merged(map, changed, byKey);
            else items.Add(Plain(over));
        }
        return own with { Items = items };
    }

    private static YamlMapping Plain(YamlMapping map) => map with { Entries = [.. map.Entries().Where(e => e.Key.Value != Directive && !IsOrder(e.Key.Value) && !e.Value.IsEmpty()).Select(e => new YamlEntry(e.Key, Plain(e.Value)))] };

    /// <summary>A patch's own value, without what it says to the one who merges.</summary>
    private static YamlNode Plain(YamlNode node) => node switch
    {
        YamlMapping map => Plain(map),
        YamlSequence list => list with { Items = [.. list.Items.Where(i => i.Text(Directive) is null or "merge").Select(Plain)] },
        _ => node,
    };
}
