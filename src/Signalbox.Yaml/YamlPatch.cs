using System.Text;

namespace Signalbox.Yaml;

/// <summary>Changes of a YAML text that leave comments, order and layout outside the change byte for byte.</summary>
public static class YamlPatch
{
    /// <summary>Another value for a scalar, in the quotes it has.</summary>
    public static TextEdit SetScalar(YamlScalar scalar, string value) => new(scalar.Range, scalar.Style switch
    {
        YamlStyle.SingleQuoted => "'" + value.Replace("'", "''", StringComparison.Ordinal) + "'",
        YamlStyle.DoubleQuoted => "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
        _ => value,
    });

    /// <summary>The value of an entry as written YAML; an entry without a value gets one.</summary>
    public static TextEdit SetValue(YamlText text, YamlEntry entry, string yaml)
    {
        if (entry.Alias is { } alias) return new(alias, yaml);
        if (entry.Value.Range.Length > 0) return new(entry.Value.Range, yaml);
        var colon = text.Content.IndexOf(':', entry.Key.Range.End) + 1;
        return new(new(colon, colon), " " + yaml);
    }

    /// <summary>Takes an entry out of its mapping, with its line break or comma and a comment at its end.</summary>
    /// <returns>The edit, or null where the mapping would be left empty: then its owner must go.</returns>
    public static TextEdit? Remove(YamlText text, YamlMapping mapping, YamlEntry entry)
    {
        if (mapping.Entries.Count < 2) return null;
        if (IsFlow(text, mapping)) return new(WithComma(text.Content, entry.Range), "");
        if (mapping.Entries[0] == entry && !IsFirstOnLine(text.Content, entry.Range.Start))
            // "- key: value" keeps its dash: the next entry moves up to it
            return new(new(entry.Range.Start, mapping.Entries[1].Range.Start), "");
        return new(WholeLines(text.Content, entry.Range), "");
    }

    /// <summary>Takes an item out of its list.</summary>
    /// <returns>The edit, or null where the list would be left empty, or does not hold the item as written.</returns>
    public static TextEdit? RemoveItem(YamlText text, YamlSequence sequence, YamlNode item)
    {
        // one that comes from elsewhere stands somewhere else
        if (sequence.Items.Count < 2 || item.Range.Start == 0 || item.Range.Start < sequence.Range.Start || item.Range.End > sequence.Range.End) return null;
        if (text.Content[sequence.Range.Start] == '[') return new(WithComma(text.Content, item.Range), "");
        var dash = text.Content.LastIndexOf('-', item.Range.Start - 1);
        return new(WholeLines(text.Content, new(dash, item.Range.End)), "");
    }

    /// <summary>Adds an entry after another one of a mapping, or at its end.</summary>
    /// <param name="lines">The entry as written, its first line at column 0; further lines keep their relative indentation.</param>
    public static TextEdit Add(YamlText text, YamlMapping mapping, string lines, YamlEntry? after = null)
    {
        if (IsFlow(text, mapping)) return AddToFlow(text, mapping, lines, after);
        var previous = after ?? mapping.Entries[^1];
        var indent = Column(text.Content, mapping.Entries[0].Range.Start);
        var end = LineEnd(text.Content, previous.Range.End);
        var breaks = Break(text.Content);
        return new(new(end, end), breaks + Indented(lines, indent, breaks));
    }

    /// <summary>Adds an entry before the first one of a block mapping.</summary>
    public static TextEdit AddFirst(YamlText text, YamlMapping mapping, string lines)
    {
        if (IsFlow(text, mapping)) return new(new(mapping.Range.Start + 1, mapping.Range.Start + 1), " " + lines.Trim() + (mapping.Entries.Count > 0 ? "," : " "));
        var at = mapping.Entries[0].Range.Start;
        var indent = Column(text.Content, at);
        var breaks = Break(text.Content);
        return new(new(at, at), Indented(lines, indent, breaks).TrimStart() + breaks + new string(' ', indent));
    }

    /// <summary>The 0-based column of a place: how far a sibling of what stands there is indented.</summary>
    public static int Column(string text, int at) => at - (text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1);

    /// <summary>The line break the file uses.</summary>
    public static string Break(string text) => text.IndexOf('\n') is > 0 and var at && text[at - 1] == '\r' ? "\r\n" : "\n";

    /// <summary>Lines moved to an indentation; empty lines stay empty.</summary>
    public static string Indented(string lines, int indent, string breaks)
    {
        var pad = new string(' ', indent);
        var result = new StringBuilder();
        foreach (var line in lines.TrimEnd('\n').Split('\n'))
        {
            if (result.Length > 0) result.Append(breaks);
            if (line.Length > 0) result.Append(pad).Append(line);
        }
        return result.ToString();
    }

    private static bool IsFlow(YamlText text, YamlMapping mapping) =>
        mapping.Entries.Count == 0 || (mapping.Range.Start < text.Content.Length && text.Content[mapping.Range.Start] == '{');

    private static TextEdit AddToFlow(YamlText text, YamlMapping mapping, string lines, YamlEntry? after)
    {
        var entry = lines.Trim();
        if (mapping.Entries.Count == 0) return new(mapping.Range, $"{{ {entry} }}");
        var end = (after ?? mapping.Entries[^1]).Range.End;
        return new(new(end, end), ", " + entry);
    }

    private static bool IsFirstOnLine(string text, int at) => text.AsSpan(at - Column(text, at), Column(text, at)).IsWhiteSpace();

    private static int LineEnd(string text, int at)
    {
        var end = text.IndexOf('\n', at);
        if (end < 0) return text.Length;
        return end > 0 && text[end - 1] == '\r' ? end - 1 : end;
    }

    private static TextRange WholeLines(string text, TextRange range)
    {
        var start = range.Start - Column(text, range.Start);
        var end = text.IndexOf('\n', Math.Max(range.Start, range.End - 1));
        // without a last line break the one before goes
        return end >= 0 ? new(start, end + 1) : new(Math.Max(0, start - 1), text.Length);
    }

    private static TextRange WithComma(string text, TextRange range)
    {
        var end = range.End;
        while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
        if (end < text.Length && text[end] == ',')
        {
            end++;
            while (end < text.Length && text[end] == ' ') end++;
            return new(range.Start, end);
        }
        var start = text.LastIndexOf(',', range.Start);
        return new(start < 0 ? range.Start : start, range.End);
    }
}
