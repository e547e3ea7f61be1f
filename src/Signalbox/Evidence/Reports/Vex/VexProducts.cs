namespace Signalbox.Evidence.Reports;

/// <summary>Whether a statement's product is what a finding is on (OpenVEX, "Product"; package URLs match as purl-spec compares them).</summary>
/// <param name="subject">What the findings are of; null where nobody says.</param>
internal sealed class VexProducts(ReportSubject? subject)
{
    // by the very text: a name comes with each finding that its statement may be on, and may be long
    private readonly Dictionary<string, (PackageUrl? Url, bool IsSubject)> _seen = new(ReferenceEqualityComparer.Instance);

    /// <param name="found">The finding's package URL.</param>
    public bool Cover(VexProduct product, ScanFinding finding, PackageUrl? found)
    {
        if (product.Subcomponents.Count == 0) return Seen(product.Name).IsSubject || IsPackage(product.Name, finding, found);
        return Seen(product.Name).IsSubject && product.Subcomponents.Any(part => IsPackage(part, finding, found));
    }

    private (PackageUrl? Url, bool IsSubject) Seen(string name) =>
        _seen.TryGetValue(name, out var known) ? known : _seen[name] = PackageUrl.Parse(name) is var url ? (url, IsSubject(name, url)) : default;

    /// <summary>The release as a whole, by its digest, alone or in an image's package URL; a mere name may be anyone's.</summary>
    private bool IsSubject(string name, PackageUrl? url)
    {
        if (subject is null) return false;
        var digest = url?.Version ?? name[(name.LastIndexOf('@') + 1)..];
        return subject.Digests.Contains(digest, StringComparer.OrdinalIgnoreCase) || subject.Digests.Any(d => d.EndsWith(":" + digest, StringComparison.OrdinalIgnoreCase) && digest.Length == 64);
    }

    private bool IsPackage(string name, ScanFinding finding, PackageUrl? found)
    {
        if (Seen(name).Url is not { } stated) return finding.Purl is not null && name == finding.Purl;
        if (found is not null)
            return stated.Type == found.Type && stated.Namespace == found.Namespace && stated.Name == found.Name
                && (stated.Version is null || stated.Version == found.Version) && stated.Qualifiers.All(found.Qualifiers.Contains);
        // a report without package URLs: the name as its tool writes it, and the very version
        var full = stated.Namespace is null ? stated.Name : $"{stated.Namespace}/{stated.Name}";
        var named = finding.Packages.Any(p => p == full || p == full.Replace('/', ':')) || (stated.Namespace is null && finding.Packages.Contains(stated.Name));
        return named && stated.Version is not null && finding.Versions.Contains(stated.Version);
    }
}
