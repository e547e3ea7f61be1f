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
        var (added, removed, changed, relicensed) = (new List<SbomComponent>(), new List<SbomComponent>(), new List<SbomChange>(), new List<SbomChange>());
        foreach (var key in old.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var one = Of(old.GetValueOrDefault(key) ?? [], now.GetValueOrDefault(key) ?? []);
            added.AddRange(one.Added);
            removed.AddRange(one.Removed);
            changed.AddRange(one.Changed);
            relicensed.AddRange(one.Relicensed);
        }
        return new(added, removed, changed, relicensed);
    }

    /// <summary>The components of one key: what is on both sides in the same version has not changed.</summary>
    private static SbomDiff Of(List<SbomComponent> old, List<SbomComponent> now)
    {
        var (before, after) = (old.ToLookup(o => o.Version), now.ToLookup(n => n.Version));
        var gone = old.Where(o => !after.Contains(o.Version)).ToList();
        var come = now.Where(n => !before.Contains(n.Version)).ToList();
        var pairs = Math.Min(gone.Count, come.Count);
        SbomChange[] changed = [.. gone.Zip(come, (g, c) => new SbomChange(g, c))];
        var same = old.SelectMany(o => after[o.Version].Select(n => new SbomChange(o, n)));
        SbomChange[] relicensed = [.. same.Concat(changed).Where(change => !change.Before.Licences.Order().SequenceEqual(change.After.Licences.Order()))];
        return new([.. come.Skip(pairs)], [.. gone.Skip(pairs)], changed, relicensed);
    }

    private static Dictionary<string, List<SbomComponent>> ByKey(SbomReport sbom) => sbom.Components
        .GroupBy(Key).ToDictionary(group => group.Key, group => group.DistinctBy(c => c.Version).OrderBy(c => c.Version, StringComparer.Ordinal).ToList());

    private static string Key(SbomComponent component) => PackageUrl.Parse(component.Purl) is { } purl
        ? $"pkg:{purl.Type}/{(purl.Namespace is null ? "" : purl.Namespace + "/")}{purl.Name}"
        : component.Name;
}

/// <summary>One component on the two sides.</summary>
public sealed record SbomChange(SbomComponent Before, SbomComponent After);
