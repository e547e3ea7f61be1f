namespace Signalbox.Evidence.Reports;

/// <summary>A package URL (https://github.com/package-url/purl-spec): <c>pkg:type/namespace/name@version?qualifiers#subpath</c>.</summary>
/// <param name="Qualifiers">In the order of their keys.</param>
internal sealed record PackageUrl(string Type, string? Namespace, string Name, string? Version, IReadOnlyList<string> Qualifiers)
{
    /// <returns>Null for what is no package URL.</returns>
    public static PackageUrl? Parse(string? text)
    {
        if (text is null || !text.StartsWith("pkg:", StringComparison.OrdinalIgnoreCase)) return null;
        var rest = text[4..].TrimStart('/').Split('#')[0].Split('?', 2);
        var path = rest[0];
        var at = path.IndexOf('@', path.LastIndexOf('/') + 1);
        var version = at < 0 ? null : Uri.UnescapeDataString(path[(at + 1)..]);
        var parts = (at < 0 ? path : path[..at]).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        if (parts.Length < 2) return null;
        var space = parts.Length == 2 ? null : string.Join('/', parts[1..^1]);
        var qualifiers = rest.Length < 2 ? [] : rest[1].Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray();
        return new(parts[0].ToLowerInvariant(), space, parts[^1], version is { Length: > 0 } ? version : null, qualifiers);
    }
}
