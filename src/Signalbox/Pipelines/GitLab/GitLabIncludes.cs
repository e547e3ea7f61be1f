using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>Reads <c>include</c>: a file of this repository, or one of another project, a URL, a template, a component.</summary>
internal static class GitLabIncludes
{
    public static IEnumerable<Inclusion> Read(YamlMapping root) => Of(root);

    /// <summary>What jobs start as pipelines of their own: <c>trigger: include</c>.</summary>
    public static IEnumerable<Inclusion> Triggered(YamlMapping root) => root.Entries().Select(e => e.Value.Get("trigger")).OfType<YamlMapping>().SelectMany(Of);

    private static IEnumerable<Inclusion> Of(YamlMapping root)
    {
        foreach (var item in root.Get("include").ItemsOrSelf())
            foreach (var inclusion in Item(item)) yield return inclusion;
    }

    private static IEnumerable<Inclusion> Item(YamlNode item)
    {
        if (item is YamlScalar { IsNull: false } scalar)
        {
            var remote = IsUrl(scalar.Value);
            yield return new(scalar.Value, null, remote, scalar.Range, scalar);
        }
        if (item is not YamlMapping map) yield break;
        if (map.Text("project") is { } project)
            foreach (var file in map.Get("file").ItemsOrSelf())
                yield return new($"{project}:{file.Text()}", map.Text("ref"), true, map.Get("project")!.Range, map);
        foreach (var kind in (string[])["local", "remote", "template", "component"])
            if (map.Entry(kind) is { } entry && entry.Value.Text() is { } source)
                yield return kind == "component" ? Component(source, entry, map) : new(source, null, kind != "local", entry.Range, map);
    }

    private static Inclusion Component(string source, YamlEntry entry, YamlMapping map)
    {
        var at = source.LastIndexOf('@');
        return at < 0 ? new(source, null, true, entry.Range, map) : new(source[..at], source[(at + 1)..], true, entry.Range, map);
    }

    private static bool IsUrl(string text) => text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}
