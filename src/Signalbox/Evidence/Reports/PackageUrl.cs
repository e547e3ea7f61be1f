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
    /// <summary>A package URL by its type's own rules of spelling (purl-spec, "types"): some types write names in lower case.</summary>
    /// <param name="space">Parts with <c>/</c> between; null or empty for none.</param>
    /// <param name="qualifiers">Made by <see cref="Qualifier"/>.</param>
    public static PackageUrl Of(string type, string? space, string name, string? version, params IEnumerable<string> qualifiers)
    {
        if (type is "npm" or "golang" or "composer" or "github" or "bitbucket") (space, name) = (space?.ToLowerInvariant(), name.ToLowerInvariant());
        if (type == "pypi") name = name.ToLowerInvariant().Replace('_', '-');
        return new(type, string.IsNullOrEmpty(space) ? null : space, name, string.IsNullOrEmpty(version) ? null : version, [.. qualifiers.Order(StringComparer.Ordinal)]);
    }

    /// <returns><c>key=value</c>, the value encoded.</returns>
    public static string Qualifier(string key, string value) => $"{key}={Encoded(value)}";

    /// <summary>The canonical form.</summary>
    public override string ToString()
    {
        var space = Namespace is null ? "" : string.Concat(Namespace.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => Encoded(part) + "/"));
        var version = Version is null ? "" : "@" + Encoded(Version);
        return $"pkg:{Type}/{space}{Encoded(Name)}{version}{(Qualifiers.Count == 0 ? "" : "?" + string.Join('&', Qualifiers))}";
    }

    /// <summary>All but letters, digits and <c>.-_~:</c> is encoded (purl-spec, "Character encoding").</summary>
    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
