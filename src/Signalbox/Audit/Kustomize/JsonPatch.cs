using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>Applies a JSON patch: RFC 6902, its add, replace and remove; paths by RFC 6901.</summary>
internal static class JsonPatch
{
    /// <returns>Null where an operation is another one, or finds no place: what comes out is not known.</returns>
    public static YamlMapping? Apply(YamlMapping root, IEnumerable<YamlNode> operations)
    {
        YamlNode? at = root;
        foreach (var operation in operations)
        {
            if (operation.Text("path") is not ['/', .. var path] || operation.Text("op") is not ("add" or "replace" or "remove") || (operation.Get("value") is null && operation.Text("op") != "remove")) return null;
            string[] steps = [.. path.Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
            at = Changed(at!, steps, operation.Text("op")!, operation.Get("value"));
            if (at is null) return null;
        }
        return at as YamlMapping;
    }

    private static YamlNode? Changed(YamlNode node, ReadOnlySpan<string> path, string operation, YamlNode? value) => node switch
    {
        YamlMapping map => Changed(map, path, operation, value),
        YamlSequence list => Changed(list, path, operation, value),
        _ => null,
    };

    private static YamlMapping? Changed(YamlMapping map, ReadOnlySpan<string> path, string operation, YamlNode? value)
    {
        var entries = map.Entries().ToList();
        var name = path[0];
        var at = entries.FindIndex(e => e.Key.Value == name);
        if (path.Length > 1)
        {
            if (at < 0 || Changed(entries[at].Value, path[1..], operation, value) is not { } inner) return null;
            entries[at] = new(entries[at].Key, inner);
        }
        else if (operation == "add" && at < 0) entries.Add(new(new(value!.Span, null, name, YamlStyle.Plain) { Range = value.Range }, value));
        else if (at < 0) return null;
        else if (operation == "remove") entries.RemoveAt(at);
        else entries[at] = new(entries[at].Key, value!);
        return map with { Entries = entries };
    }

    private static YamlSequence? Changed(YamlSequence list, ReadOnlySpan<string> path, string operation, YamlNode? value)
    {
        var items = list.Items.ToList();
        if (path is ["-"] && operation == "add") return list with { Items = [.. items, value!] };
        if (!int.TryParse(path[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > items.Count || (at == items.Count && (operation != "add" || path.Length > 1))) return null;
        if (path.Length > 1)
        {
            if (Changed(items[at], path[1..], operation, value) is not { } inner) return null;
            items[at] = inner;
        }
        else if (operation == "add") items.Insert(at, value!);
        else if (operation == "remove") items.RemoveAt(at);
        else items[at] = value!;
        return list with { Items = items };
    }
}
