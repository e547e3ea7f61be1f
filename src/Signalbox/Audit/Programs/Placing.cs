using Signalbox.Yaml;

namespace Signalbox.Audit.Programs;

/// <summary>
/// Takes what a program wrote to where it stands in the source: a node that the source's own reading has, too, to its place there; others to
/// that of what they lie in.
/// </summary>
internal static class Placing
{
    /// <param name="own">The same object as the audit itself reads it; null where it does not.</param>
    public static YamlMapping Place(YamlMapping written, YamlMapping? own, SourceFile source)
    {
        var start = Math.Max(0, source.Text.Content.IndexOf("kind:", StringComparison.Ordinal));
        return (YamlMapping)Node(written, own, new YamlScalar(source.Text.At(start), null, "", YamlStyle.Plain) { Range = new(start, Math.Min(start + "kind:".Length, source.Text.Content.Length)) });
    }

    private static YamlNode Node(YamlNode written, YamlNode? own, YamlNode around)
    {
        var at = own ?? around;
        return written switch
        {
            YamlMapping map => map with { Span = at.Span, Range = at.Range, Entries = [.. map.Entries.Select(e => Entry(e, own.Entry(e.Key.Value), at))] },
            YamlSequence list => list with { Span = at.Span, Range = at.Range, Items = [.. list.Items.Select((item, i) => Node(item, Item(own, list, i), at))] },
            YamlScalar scalar => scalar with { Span = at.Span, Range = at.Range },
            _ => written,
        };
    }

    private static YamlEntry Entry(YamlEntry written, YamlEntry? own, YamlNode around)
    {
        var key = own?.Key ?? around;
        return new(written.Key with { Span = key.Span, Range = key.Range }, Node(written.Value, own?.Value, key));
    }

    // items with names are the same by name, others by their number
    private static YamlNode? Item(YamlNode? own, YamlSequence written, int i)
    {
        if (written.Items[i].Text("name") is { } name) return own.Items().FirstOrDefault(o => o.Text("name") == name);
        return own.Items().Count == written.Items.Count ? own.Items()[i] : null;
    }
}
