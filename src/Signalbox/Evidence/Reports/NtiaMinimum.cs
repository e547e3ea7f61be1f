namespace Signalbox.Evidence.Reports;

/// <param name="Element">As NTIA names it.</param>
/// <param name="Components">How many components lack it; 0 where the document as a whole does.</param>
public sealed record NtiaGap(string Element, int Components);

/// <summary>
/// The data fields of NTIA's "The Minimum Elements For a Software Bill of Materials" (12 July 2021): supplier, component
/// name, version, other unique identifiers, dependency relationship, author of SBOM data, timestamp.
/// </summary>
public static class NtiaMinimum
{
    /// <returns>What is missing; empty where nothing is.</returns>
    public static IReadOnlyList<NtiaGap> Check(SbomReport sbom)
    {
        List<NtiaGap> gaps =
        [
            .. Lacking(sbom, "supplier name", c => c.Supplier is not null),
            .. Lacking(sbom, "component name", c => c.Name.Length > 0),
            .. Lacking(sbom, "version of the component", c => c.Version is not null),
            .. Lacking(sbom, "other unique identifiers", c => c.Purl is not null || c.Identifiers.Count > 0),
        ];
        if (!sbom.HasDependencies) gaps.Add(new("dependency relationship", 0));
        if (sbom.Authors.Count == 0) gaps.Add(new("author of SBOM data", 0));
        if (sbom.GeneratedAt is null) gaps.Add(new("timestamp", 0));
        return gaps;
    }

    private static IEnumerable<NtiaGap> Lacking(SbomReport sbom, string element, Func<SbomComponent, bool> has) =>
        sbom.Components.Count(c => !has(c)) is > 0 and var count ? [new(element, count)] : [];
}
