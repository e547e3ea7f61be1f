namespace Signalbox.Evidence.Reports;

/// <summary>Whether a statement's product is what a finding is on (OpenVEX, "Product"; package URLs match as purl-spec compares them).</summary>
internal static class VexProducts
{
    public static bool Cover(VexProduct product, ScanFinding finding, ReportSubject? subject)
    {
        if (product.Subcomponents.Count == 0) return IsSubject(product.Name, subject) || IsPackage(product.Name, finding);
        return IsSubject(product.Name, subject) && product.Subcomponents.Any(part => IsPackage(part, finding));
    }

    /// <summary>The release as a whole, by its digest, alone or in an image's package URL; a mere name may be anyone's.</summary>
    private static bool IsSubject(string name, ReportSubject? subject)
    {
        if (subject is null) return false;
        var digest = PackageUrl.Parse(name)?.Version ?? name[(name.LastIndexOf('@') + 1)..];
        return subject.Digests.Contains(digest, StringComparer.OrdinalIgnoreCase) || subject.Digests.Any(d => d.EndsWith(":" + digest, StringComparison.OrdinalIgnoreCase) && digest.Length == 64);
    }

    private static bool IsPackage(string name, ScanFinding finding)
    {
        if (PackageUrl.Parse(name) is not { } stated) return finding.Purl is not null && name == finding.Purl;
        if (PackageUrl.Parse(finding.Purl) is { } found)
            return stated.Type == found.Type && stated.Namespace == found.Namespace && stated.Name == found.Name
                && (stated.Version is null || stated.Version == found.Version) && stated.Qualifiers.All(found.Qualifiers.Contains);
        // a report without package URLs: the name as its tool writes it, and the very version
        var full = stated.Namespace is null ? stated.Name : $"{stated.Namespace}/{stated.Name}";
        var named = finding.Packages.Any(p => p == full || p == full.Replace('/', ':')) || (stated.Namespace is null && finding.Packages.Contains(stated.Name));
        return named && stated.Version is not null && finding.Versions.Contains(stated.Version);
    }
}
