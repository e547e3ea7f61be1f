using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>An item of a list of stages, jobs or steps.</summary>
/// <param name="Conditions">The <c>${{ if … }}</c> around it, outermost first.</param>
internal sealed record AzureItem(YamlMapping Node, IReadOnlyList<string> Conditions);

/// <summary>Reads lists through the insertions <c>${{ if }}</c>, <c>${{ else }}</c> and <c>${{ each }}</c> that may stand in them.</summary>
internal static class AzureList
{
    private const int Deepest = 24;

    public static List<AzureItem> Of(YamlNode? node)
    {
        var found = new List<AzureItem>();
        Collect(node, [], found, 0);
        return found;
    }

    private static void Collect(YamlNode? node, IReadOnlyList<string> conditions, List<AzureItem> found, int depth)
    {
        if (depth == Deepest) return;
        foreach (var item in node.Items())
        {
            if (item is YamlSequence) Collect(item, conditions, found, depth + 1);
            if (item is not YamlMapping map) continue;
            var inserted = map.Entries.Where(e => e.Key.Value.StartsWith("${{", StringComparison.Ordinal)).ToList();
            foreach (var entry in inserted) Collect(entry.Value, Within(conditions, entry.Key.Value), found, depth + 1);
            if (inserted.Count < map.Entries.Count) found.Add(new(map, conditions));
        }
    }

    private static IReadOnlyList<string> Within(IReadOnlyList<string> conditions, string key)
    {
        var inner = key.Trim().TrimStart('$').Trim('{', '}').Trim();
        return inner.StartsWith("if ", StringComparison.Ordinal) ? [.. conditions, inner[3..].Trim()] : conditions;
    }
}
