using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Changes of a manifest at a path of keys.</summary>
internal static class ManifestFix
{
    /// <summary>A fix of one file; null where the change cannot be made in the text.</summary>
    public static Fix? In(SourceFile file, FixSafety safety, string title, TextEdit? edit) =>
        edit is { } change ? new(safety, title, [new(file.Path, change)]) : null;

    /// <summary>A fix that sets a value at a path below a mapping of the report's file; null where it cannot be made.</summary>
    public static Fix? Set(this Report report, FixSafety safety, string title, YamlMapping root, string value, params ReadOnlySpan<string> path) =>
        In(report.File, safety, title, Set(report.File.Text, root, value, path));

    /// <summary>A fix that takes out what stands at a path; null where it cannot be made.</summary>
    public static Fix? Remove(this Report report, FixSafety safety, string title, YamlMapping root, params ReadOnlySpan<string> path) =>
        In(report.File, safety, title, Remove(report.File.Text, root, path));

    /// <summary>Sets a value and adds the mappings on the way that are missing.</summary>
    /// <param name="value">As written YAML, on one line.</param>
    /// <returns>Null where an alias stands on the way: the change would reach other places.</returns>
    public static TextEdit? Set(YamlText text, YamlMapping root, string value, params ReadOnlySpan<string> path)
    {
        for (var i = 0; ; i++)
        {
            if (root.Find(path[i]) is not { } entry) return root.Entry(path[i]) is null ? YamlPatch.Add(text, root, Nested(path[i..], value)) : null;
            if (entry.Alias is not null) return null;
            if (i == path.Length - 1) return YamlPatch.SetValue(text, entry, Like(text, entry.Value, value));
            if (entry.Value is not YamlMapping { Entries.Count: > 0 } next) return YamlPatch.SetValue(text, entry, Flow(path[(i + 1)..], value));
            root = next;
        }
    }

    /// <summary>Takes out what stands at a path, and mappings that are left empty by it.</summary>
    public static TextEdit? Remove(YamlText text, YamlMapping root, params ReadOnlySpan<string> path)
    {
        var way = new List<(YamlMapping Mapping, YamlEntry Entry)>();
        foreach (var key in path)
        {
            if (root.Find(key) is not { } entry || entry.Alias is not null) return null;
            way.Add((root, entry));
            if (entry.Value is YamlMapping next) root = next;
        }
        for (var i = way.Count - 1; i >= 0; i--)
            if (YamlPatch.Remove(text, way[i].Mapping, way[i].Entry) is { } edit) return edit;
        return null;
    }

    // a list that stands in lines stays one
    private static string Like(YamlText text, YamlNode old, string value)
    {
        if (old is not YamlSequence || value is not ['[', .., ']'] || text.Content[old.Range.Start] != '-') return value;
        var lines = value[1..^1].Split(", ").Select(i => "- " + i);
        return string.Join(YamlPatch.Break(text.Content) + new string(' ', YamlPatch.Column(text.Content, old.Range.Start)), lines);
    }

    private static string Nested(ReadOnlySpan<string> path, string value)
    {
        var lines = new List<string>();
        for (var i = 0; i < path.Length; i++) lines.Add(new string(' ', 2 * i) + path[i] + ":" + (i == path.Length - 1 ? " " + value : ""));
        return string.Join('\n', lines);
    }

    private static string Flow(ReadOnlySpan<string> path, string value)
    {
        for (var i = path.Length - 1; i >= 0; i--) value = $"{{ {path[i]}: {value} }}";
        return value;
    }
}
