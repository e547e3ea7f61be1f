namespace Signalbox.Evidence.Reports;

/// <summary>What changed from one SBOM to the next.</summary>
/// <param name="Changed">The same component in another version; where there are several versions of it on a side, those that differ.</param>
/// <param name="Relicensed">The same component, in whatever version, under other licences.</param>
public sealed record SbomDiff(
    IReadOnlyList<SbomComponent> Added, IReadOnlyList<SbomComponent> Removed,
    IReadOnlyList<SbomChange> Changed, IReadOnlyList<SbomChange> Relicensed)
{
    public bool IsEmpty => Added.Count + Removed.Count + Changed.Count + Relicensed.Count == 0;

    /// <summary>Components are the same by their package URL without its version, else by their name.</summary>
    public static SbomDiff Between(SbomReport before, SbomReport after)
    {
        var old = ByKey(before);
        var now = ByKey(after);
        var diff = new SbomDiff([], [], [], []);
        foreach (var key in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
            diff = diff.With(old.GetValueOrDefault(key) ?? [], now.GetValueOrDefault(key) ?? []);
        return diff;
    }

    /// <summary>The components of one key: what is on both sides in the same version has not changed.</summary>
    private SbomDiff With(List<SbomComponent> old, List<SbomComponent> now)
    {
        var gone = old.Where(o => now.All(n => n.Version != o.Version)).ToList();
        var come = now.Where(n => old.All(o => o.Version != n.Version)).ToList();
        var pairs = Math.Min(gone.Count, come.Count);
        SbomChange[] changed = [.. Enumerable.Range(0, pairs).Select(i => new SbomChange(gone[i], come[i]))];
        var same = from o in old from n in now where n.Version == o.Version select new SbomChange(o, n);
        SbomChange[] relicensed = [.. same.Concat(changed).Where(change => !change.Before.Licences.Order().SequenceEqual(change.After.Licences.Order()))];
        return this with
        {
            Added = [.. Added, .. come.Skip(pairs)],
            Removed = [.. Removed, .. gone.Skip(pairs)],
            Changed = [.. Changed, .. changed],
            Relicensed = [.. Relicensed, .. relicensed],
        };
    }

    private static Dictionary<string, List<SbomComponent>> ByKey(SbomReport sbom) => sbom.Components
        .GroupBy(Key).ToDictionary(group => group.Key, group => group.DistinctBy(c => c.Version).OrderBy(c => c.Version, StringComparer.Ordinal).ToList());

    private static string Key(SbomComponent component) => PackageUrl.Parse(component.Purl) is { } purl
        ? $"pkg:{purl.Type}/{(purl.Namespace is null ? "" : purl.Namespace + "/")}{purl.Name}"
        : component.Name;
}

/// <summary>One component on the two sides.</summary>
public sealed record SbomChange(SbomComponent Before, SbomComponent After);
