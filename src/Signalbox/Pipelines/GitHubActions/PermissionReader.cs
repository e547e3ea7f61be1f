using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Reads <c>permissions</c>: <c>read-all</c>, <c>write-all</c>, <c>{}</c>, or scopes.</summary>
internal static class PermissionReader
{
    public static Permissions? Read(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } all => new(Of(all), [], entry.Range, scalar),
        YamlMapping map => new(null, [.. map.Entries().Select(e => new PermissionScope(e.Key.Value, Of(e.Value.Text() ?? "") ?? Access.None, e.Range))], entry.Range, map),
        _ => null,
    };

    private static Access? Of(string text) => text switch
    {
        "write" or "write-all" => Access.Write,
        "read" or "read-all" => Access.Read,
        "none" => Access.None,
        _ => null,
    };
}
