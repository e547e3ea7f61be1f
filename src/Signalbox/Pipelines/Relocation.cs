using Signalbox.Yaml;

namespace Signalbox.Pipelines;

/// <summary>
/// Takes YAML of one file into another: every node then stands where it was asked for, so that whatever is said of it points
/// there. It has no line of its own (<see cref="IsRelocated"/>), and must not be edited.
/// </summary>
internal static class Relocation
{
    public static YamlNode Of(YamlNode node, TextRange at, Func<string, string>? substitute = null) => node switch
    {
        YamlScalar scalar => scalar with { Span = default, Range = at, Value = substitute?.Invoke(scalar.Value) ?? scalar.Value },
        YamlSequence list => list with { Span = default, Range = at, Items = [.. list.Items.Select(i => Of(i, at, substitute))] },
        YamlMapping map => map with { Span = default, Range = at, Entries = [.. map.Entries.Select(e => new YamlEntry((YamlScalar)Of(e.Key, at), Of(e.Value, at, substitute)))] },
        _ => node,
    };

    /// <summary>Whether a node was written in another file.</summary>
    public static bool IsRelocated(YamlNode node) => node.Span.Line == 0;
}
