using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms;

/// <summary>
/// Who supplied a component. Lockfiles name no author, so it is the distributor, which CycloneDX allows ("the supplier may often be
/// the manufacturer, but may also be a distributor"): the host that a package URL names, else what its type stands for by purl-spec.
/// </summary>
internal static class Suppliers
{
    private static readonly Dictionary<string, string> s_byType = new(StringComparer.Ordinal)
    {
        ["npm"] = "npm registry",
        ["pypi"] = "Python Package Index",
        ["nuget"] = "NuGet Gallery",
        ["cargo"] = "Rust community crate registry",
        ["gem"] = "RubyGems",
        ["composer"] = "Packagist",
        ["maven"] = "Maven Central",
    };

    /// <returns>Null where neither is known.</returns>
    public static string? Of(PackageUrl purl) => Host(purl) ?? (purl.Type == "golang" ? FirstParts(purl) : s_byType.GetValueOrDefault(purl.Type));

    private static string? Host(PackageUrl purl)
    {
        foreach (var qualifier in purl.Qualifiers)
            if (qualifier.Split('=', 2) is ["vcs_url" or "download_url", var value] && Uri.TryCreate(WithoutPrefix(Uri.UnescapeDataString(value)), UriKind.Absolute, out var address) && address.Host.Length > 0)
                return address.Host;
        return null;
    }

    private static string WithoutPrefix(string address) => address.StartsWith("git+", StringComparison.Ordinal) ? address["git+".Length..] : address;

    /// <summary>A module's path begins with where it is kept and, mostly, by whom.</summary>
    private static string FirstParts(PackageUrl purl) => string.Join('/', $"{purl.Namespace}/{purl.Name}".Split('/', StringSplitOptions.RemoveEmptyEntries).Take(2));
}
