namespace Signalbox.Evidence.Reports;

/// <summary>A package URL (https://github.com/package-url/purl-spec): <c>pkg:type/namespace/name@version?qualifiers#subpath</c>.</summary>
/// <param name="Qualifiers">In the order of their keys.</param>
internal sealed record PackageUrl(string Type, string? Namespace, string Name, string? Version, IReadOnlyList<string> Qualifiers)
{
    /// <summary>Real ones have a handful; each is looked for among another's.</summary>
    private const int MostQualifiers = 100;

    /// <returns>Null for what is no package URL, or has more qualifiers than anybody writes.</returns>
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
        if (qualifiers.Length > MostQualifiers) return null;
        return new(parts[0].ToLowerInvariant(), space, parts[^1], version is { Length: > 0 } ? version : null, qualifiers);
    }
}
