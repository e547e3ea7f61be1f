namespace Signalbox.Audit.Helm.Templates;

/// <summary>Functions on maps.</summary>
internal static class MapFunctions
{
    private const int Most = 10_000;

    public static IEnumerable<(string Name, Func<object?[], object?> Run)> All { get; } =
    [
        ("dict", Dict),
        ("get", a => Map(a[0]).GetValueOrDefault(Text(a[1])) ?? ""),
        ("set", a => Set(Map(a[0]), Text(a[1]), a[2])),
        ("unset", a => Unset(Map(a[0]), Text(a[1]))),
        ("hasKey", a => Map(a[0]).ContainsKey(Text(a[1]))),
        ("pluck", a => a.Skip(1).Select(Map).Where(m => m.ContainsKey(Text(a[0]))).Select(m => m[Text(a[0])]).ToList()),
        ("keys", a => a.SelectMany(m => Map(m).Keys).Select(k => (object?)k).ToList()),
        ("values", a => TemplateValue.Sorted(Map(a[0])).Select(e => e.Value).ToList()),
        ("pick", a => Map(a[0]).Where(e => a.Skip(1).Any(k => Text(k) == e.Key)).ToDictionary(StringComparer.Ordinal)),
        ("omit", a => Map(a[0]).Where(e => !a.Skip(1).Any(k => Text(k) == e.Key)).ToDictionary(StringComparer.Ordinal)),
        .. Both("merge", a => Merged(a, wins: false)),
        .. Both("mergeOverwrite", a => Merged(a, wins: true)),
        .. Both("deepCopy", a => TemplateValue.Copy(a[0])),
        ("dig", Dig),
    ];

    private static IEnumerable<(string, Func<object?[], object?>)> Both(string name, Func<object?[], object?> run) => [(name, run), ("must" + char.ToUpperInvariant(name[0]) + name[1..], run)];

    private static string Text(object? value) => TemplateValue.IsOpen(value) ? throw new ArgumentException("which one is not known") : TemplateValue.Text(value);

    private static Dictionary<string, object?> Map(object? value) => (Dictionary<string, object?>?)value ?? throw new ArgumentException("nothing is no map");

    private static Dictionary<string, object?> Dict(object?[] a)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < a.Length; i += 2) map[Text(a[i])] = i + 1 < a.Length ? a[i + 1] : "";
        return map;
    }

    private static Dictionary<string, object?> Set(Dictionary<string, object?> map, string key, object? value)
    {
        map[key] = value;
        return map.Count <= Most ? map : throw new TemplateException("a map is too large");
    }

    private static Dictionary<string, object?> Unset(Dictionary<string, object?> map, string key)
    {
        map.Remove(key);
        return map;
    }

    private static Dictionary<string, object?> Merged(object?[] a, bool wins)
    {
        var into = Map(a[0]);
        foreach (var from in a.Skip(1)) TemplateValue.Merge(into, Map(from), wins);
        return into;
    }

    // dig "a" "b" default map
    private static object? Dig(object?[] a)
    {
        var value = a[^1];
        foreach (var key in a[..^2])
        {
            if (!Map(value).TryGetValue(Text(key), out var next)) return a[^2];
            value = next;
        }
        return value;
    }
}
