namespace Signalbox.Evidence.Sboms;

/// <summary>Puts the parts of several lockfiles together: a package that several of them pin is one component.</summary>
internal sealed class InventoryMerge
{
    private readonly Dictionary<string, LockedComponent> _components = new(StringComparer.Ordinal);
    private readonly HashSet<string> _direct = new(StringComparer.Ordinal);

    public void Add(LockedPart part)
    {
        foreach (var component in part.Components)
            _components[component.Reference] = _components.TryGetValue(component.Reference, out var known) ? Both(known, component) : component;
        _direct.UnionWith(part.Direct);
    }

    public Inventory Done(IReadOnlyList<Lockfile> lockfiles, IReadOnlyList<LockGap> gaps) =>
        new([.. _components.Values.OrderBy(component => component.Reference, StringComparer.Ordinal)], [.. _direct.Order(StringComparer.Ordinal)], lockfiles, gaps);

    /// <summary>The stronger scope, and all that either says.</summary>
    private static LockedComponent Both(LockedComponent one, LockedComponent other) => one with
    {
        Scope = (ComponentScope)Math.Min((int)one.Scope, (int)other.Scope),
        Hashes = [.. one.Hashes.Union(other.Hashes)],
        Licences = one.Licences.Count > 0 ? one.Licences : other.Licences,
        Checksum = one.Checksum ?? other.Checksum,
        DependsOn = one.DependsOn is null ? other.DependsOn : other.DependsOn is null ? one.DependsOn : [.. one.DependsOn.Union(other.DependsOn).Order(StringComparer.Ordinal)],
    };
}
