using System.Globalization;
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

    /// <summary>A fix that ends a setting that is true: it goes; a patch, which may lie over another true one, says false instead.</summary>
    public static Fix? TurnOff(this Report report, string title, KubernetesObject owner, YamlMapping root, string key) =>
        In(report.File, FixSafety.Unsafe, title, (owner.IsPartial ? null : Remove(report.File.Text, root, key)) ?? Set(report.File.Text, root, "false", key));

    /// <summary>The mapping at a path, where it is written out on the way and no alias shares it with other places; else null.</summary>
    public static YamlMapping? Own(YamlMapping root, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (root.Find(key) is not { Alias: null, Value: YamlMapping next }) return null;
            root = next;
        }
        return root;
    }

    /// <summary>Sets a value and adds the mappings on the way that are missing.</summary>
    /// <param name="value">As written YAML, on one line; in a JSON manifest it is written as JSON.</param>
    /// <returns>Null where an alias stands on the way: the change would reach other places.</returns>
    public static TextEdit? Set(YamlText text, YamlMapping root, string value, params ReadOnlySpan<string> path)
    {
        for (var i = 0; ; i++)
        {
            if (root.Find(path[i]) is not { } entry) return root.Entry(path[i]) is null ? YamlPatch.Add(text, root, Entry(text, root, value, path[i..])) : null;
            if (entry.Alias is not null) return null;
            if (i == path.Length - 1) return YamlPatch.SetValue(text, entry, Like(text, entry.Value, Written(value, IsJson(root))));
            if (entry.Value is not YamlMapping { Entries.Count: > 0 } next) return YamlPatch.SetValue(text, entry, Flow(path[(i + 1)..], value, IsJson(root)));
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

    /// <summary>Takes items out of a list, and the list with the mappings that are left empty where none stays.</summary>
    /// <param name="path">Where the list stands.</param>
    public static TextEdit? RemoveItems(YamlText text, YamlMapping root, Predicate<YamlNode> unwanted, params ReadOnlySpan<string> path)
    {
        if (Own(root, path[..^1])?.Find(path[^1]) is not { Alias: null } entry) return null;
        var items = entry.Value.ItemsOrSelf();
        var kept = items.Where(i => !unwanted(i)).ToList();
        if (kept.Count == 0) return Remove(text, root, path);
        return items.Count - kept.Count == 1 ? YamlPatch.RemoveItem(text, (YamlSequence)entry.Value, items.First(i => unwanted(i)))
            : Set(text, root, $"[{string.Join(", ", kept.Select(i => text.Slice(i.Range)))}]", path);
    }

    /// <summary>An entry as it is written in a mapping: in lines, in braces or as JSON.</summary>
    public static string Entry(YamlText text, YamlMapping near, string value, params ReadOnlySpan<string> path)
    {
        var json = IsJson(near);
        return IsFlow(text, near) ? $"{Written(path[0], json)}: {Flow(path[1..], value, json)}" : Nested(path, value);
    }

    /// <summary>Whether a mapping stands in braces.</summary>
    public static bool IsFlow(YamlText text, YamlMapping mapping) => mapping.Entries.Count == 0 || text.Content[mapping.Range.Start] == '{';

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

    private static string Flow(ReadOnlySpan<string> path, string value, bool json)
    {
        value = Written(value, json);
        for (var i = path.Length - 1; i >= 0; i--) value = $"{{ {Written(path[i], json)}: {value} }}";
        return value;
    }

    private static bool IsJson(YamlMapping near) => near.Entries is [{ Key.Style: YamlStyle.DoubleQuoted }, ..];

    // JSON knows no plain text
    private static string Written(string value, bool json) => !json ? value : value switch
    {
        ['[', .. var items, ']'] => $"[{string.Join(", ", items.Split(", ").Select(i => Written(i, json)))}]",
        "true" or "false" or ['"', ..] or ['{', ..] => value,
        _ => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? value : $"\"{value}\"",
    };
}
