namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Package and version within Dependency-Check's identifiers: a package URL, or Maven's <c>group:artifact:version</c>.</summary>
internal static class DependencyNames
{
    public static void AddTo(FindingDraft draft, string? identifier)
    {
        if (identifier is null) return;
        if (PackageUrl.Parse(identifier) is { } purl)
            draft.Package(purl.Name).Package(purl.Namespace is null ? null : $"{purl.Namespace}/{purl.Name}").Package(purl.Namespace is null ? null : $"{purl.Namespace}:{purl.Name}")
                .Version(purl.Version).Purl(identifier);
        else if (identifier.Split(':') is { Length: 2 or 3 } parts && !identifier.StartsWith("cpe:", StringComparison.Ordinal))
            draft.Package(parts[^2]).Package(string.Join(':', parts[..^1])).Version(parts[^1]);
    }
}
