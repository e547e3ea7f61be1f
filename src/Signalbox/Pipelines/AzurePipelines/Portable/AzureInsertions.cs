using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>What stands under an insertion, <c>${{ if … }}</c>, has its condition (learn.microsoft.com, "Template expressions: conditional insertion").</summary>
internal sealed class AzureInsertions
{
    private const int Deepest = 64;

    private readonly Dictionary<YamlMapping, IReadOnlyList<string>> _around = new(ReferenceEqualityComparer.Instance);
    private readonly CarriageLog _log;

    private AzureInsertions(CarriageLog log) => _log = log;

    /// <summary>Reads a file; insertions that stand elsewhere than in a list of stages, jobs or steps are said to be left.</summary>
    public static AzureInsertions Of(YamlMapping root, CarriageLog log)
    {
        var insertions = new AzureInsertions(log);
        insertions.Collect(root, [], null, 0);
        return insertions;
    }

    /// <summary>What must hold for a mapping to be there, beside what must hold for the one that it stands in.</summary>
    public PortableCondition? Condition(YamlMapping? node, YamlMapping? within = null)
    {
        if (node is null || !_around.TryGetValue(node, out var around)) return null;
        var outer = within is not null && _around.TryGetValue(within, out var known) ? known.Count : 0;
        return PortableCondition.All(around.Skip(outer).Select(AzureConditions.Inserted));
    }

    private void Collect(YamlNode node, IReadOnlyList<string> around, string? key, int depth)
    {
        if (depth == Deepest) return;
        if (node is YamlMapping map)
        {
            if (around.Count > 0) _around.TryAdd(map, around);
            foreach (var entry in map.Entries)
                if (!entry.Key.Value.StartsWith("${{", StringComparison.Ordinal)) Collect(entry.Value, around, entry.Key.Value, depth + 1);
                else if (key is "stages" or "jobs" or "steps") Collect(entry.Value, [.. around, Inner(entry.Key.Value)], key, depth + 1);
                else _log.Left(entry.Key.Range, $"the insertion {entry.Key.Value} is not carried", "write what it decides into the file");
        }
        foreach (var item in node.Items()) Collect(item, around, key, depth + 1);
    }

    private static string Inner(string key)
    {
        var inner = key.Trim().TrimStart('$').Trim('{', '}').Trim();
        return inner.StartsWith("if ", StringComparison.Ordinal) ? inner[3..].Trim() : inner;
    }
}
