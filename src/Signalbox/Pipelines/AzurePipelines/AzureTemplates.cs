using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>
/// Takes in the templates of the repository that a pipeline names (learn.microsoft.com, "Template usage reference"): after each
/// item <c>template: FILE</c> stand the file's stages, jobs or steps, with the parameters it was given.
/// </summary>
/// <param name="instead">Whether they stand in place of the item: then what still asks for a parameter is not taken in.</param>
internal sealed partial class AzureTemplates(Func<string, TextRange, YamlMapping?> open, bool instead = false)
{
    private const int Deepest = 10;

    // nodes taken in, so that templates which name each other cannot grow without end
    private long _budget = 400_000;

    /// <param name="folder">Where the file lies: its templates are named from there, or from the root with a leading slash.</param>
    public YamlMapping Whole(YamlMapping root, string folder) => (YamlMapping)Expand(root, folder, null, 0);

    private YamlNode Expand(YamlNode node, string folder, string? key, int depth) => node switch
    {
        YamlMapping map => Changed(map, folder, depth),
        YamlSequence list => Changed(list, folder, key, depth),
        _ => node,
    };

    // what holds no template stays the very node it was
    private YamlMapping Changed(YamlMapping map, string folder, int depth)
    {
        var values = map.Entries.Select(e => Expand(e.Value, folder, e.Key.Value, depth)).ToList();
        return values.Zip(map.Entries).All(p => ReferenceEquals(p.First, p.Second.Value)) ? map
            : map with { Entries = [.. map.Entries.Zip(values, (entry, value) => entry with { Value = value })] };
    }

    private YamlSequence Changed(YamlSequence list, string folder, string? key, int depth)
    {
        var items = new List<YamlNode>();
        foreach (var item in list.Items)
        {
            var taken = key is "stages" or "jobs" or "steps" && item is YamlMapping map && map.Get("template") is YamlScalar name ? Taken(map, name, folder, key, depth) : null;
            if (taken is null || !instead) items.Add(Expand(item, folder, key, depth));
            items.AddRange(taken ?? []);
        }
        return items.Count == list.Items.Count && items.Zip(list.Items).All(p => ReferenceEquals(p.First, p.Second)) ? list : list with { Items = items };
    }

    /// <returns>Null where it is not taken in.</returns>
    private IEnumerable<YamlNode>? Taken(YamlMapping item, YamlScalar name, string folder, string key, int depth)
    {
        var path = name.Value.EndsWith("@self", StringComparison.Ordinal) ? name.Value[..^5] : name.Value;
        if (depth == Deepest || path.Contains('@') || Resolve(folder, path) is not { } full || open(full, name.Range) is not { } template) return null;
        if (template.Get(key) is not YamlSequence list || (_budget -= list.ExpandedCount) <= 0) return null;
        var values = Parameters(template, item);
        var taken = Relocation.Of(list, name.Range, text => Substituted(text, values));
        if (instead && AsksForMore(taken)) return null;
        return Expand(taken, full.Contains('/') ? full[..full.LastIndexOf('/')] : "", key, depth + 1).Items();
    }

    /// <summary>The values of a template's parameters: those given, else their defaults.</summary>
    private static Dictionary<string, string> Parameters(YamlMapping template, YamlMapping item)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var declared in template.Get("parameters").Items())
            if (declared.Text("name") is { } name && declared.Text("default") is { } value) values[name] = value;
        foreach (var entry in template.Get("parameters").Entries())
            if (entry.Value.Text() is { } value) values[entry.Key.Value] = value;
        foreach (var entry in item.Get("parameters").Entries())
            if (entry.Value.Text() is { } value) values[entry.Key.Value] = value;
        return values;
    }

    private static string Substituted(string text, Dictionary<string, string> values) =>
        text.Contains("${{", StringComparison.Ordinal) ? Parameter().Replace(text, match => values.GetValueOrDefault(match.Groups[1].Value) ?? match.Value) : text;

    // a list or a mapping that was given, or a condition on what was given
    private static bool AsksForMore(YamlNode node) => node switch
    {
        YamlScalar scalar => Expression().Matches(scalar.Value).Any(m => m.Value.Contains("parameters", StringComparison.OrdinalIgnoreCase)),
        YamlMapping map => map.Entries.Any(e => AsksForMore(e.Key) || AsksForMore(e.Value)),
        _ => node.Items().Any(AsksForMore),
    };

    /// <summary>The path from the repository's root, or null where it leads out.</summary>
    internal static string? Resolve(string folder, string path)
    {
        var parts = new List<string>(path.StartsWith('/') ? [] : folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\$\{\{.*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\$\{\{\s*parameters\.([A-Za-z0-9_]+)\s*\}\}")]
    private static partial Regex Parameter();
}
