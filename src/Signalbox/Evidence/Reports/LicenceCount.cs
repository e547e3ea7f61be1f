namespace Signalbox.Evidence.Reports;

/// <summary>How many components of an SBOM are under each licence.</summary>
public static class LicenceCount
{
    /// <summary>Stands for components that state none.</summary>
    public const string NotStated = "";

    /// <returns>The most frequent first; a component under several counts for each.</returns>
    public static IReadOnlyList<KeyValuePair<string, int>> Of(SbomReport sbom)
    {
        var counts = new Dictionary<string, int>();
        foreach (var component in sbom.Components)
            foreach (var licence in component.Licences.Count == 0 ? [NotStated] : component.Licences.Distinct())
                counts[licence] = counts.GetValueOrDefault(licence) + 1;
        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)];
    }
}
