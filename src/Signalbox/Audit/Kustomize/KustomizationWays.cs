namespace Signalbox.Audit.Kustomize;

/// <summary>Which kustomizations take in what, and so every way from a file up to one that nothing takes in.</summary>
/// <param name="most">More ways than that are seen through the first ones.</param>
internal sealed class KustomizationWays(IEnumerable<Kustomization> all, int most)
{
    // bases of bases; a loop ends here
    private const int Deepest = 16;

    private const int MostComponents = 64;

    private readonly Dictionary<string, Kustomization> _byFolder = all.GroupBy(k => k.Folder, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    private readonly ILookup<string, Kustomization> _users = all.SelectMany(k => k.Resources.Select(r => k.Local(r.Value)).OfType<string>().Select(p => (Path: p, User: k))).Distinct()
        .ToLookup(u => u.Path, u => u.User, StringComparer.Ordinal);

    /// <returns>Each the nearest kustomization first.</returns>
    public List<List<Kustomization>> From(string path)
    {
        var ways = new List<List<Kustomization>>();
        Climb(path, [], 0, ways);
        return ways;
    }

    private void Climb(string path, List<Kustomization> below, int depth, List<List<Kustomization>> ways)
    {
        if (ways.Count == most) return;
        var users = _users[path].Where(u => !below.Contains(u)).ToList();
        if (users.Count == 0 || depth == Deepest)
        {
            if (below.Count > 0) ways.Add(below);
            return;
        }
        foreach (var user in users) Climb(user.Folder, [.. below, .. Components(user, below), user], depth + 1, ways);
    }

    /// <summary>The components that change what a kustomization has taken in, before it does so itself; of those that a way comes through, the later ones.</summary>
    private List<Kustomization> Components(Kustomization user, List<Kustomization> below)
    {
        var all = new List<Kustomization>();
        Add(user, 0);
        var through = all.FindLastIndex(below.Contains);
        return all[(through + 1)..];

        // one may be made of others
        void Add(Kustomization kustomization, int depth)
        {
            foreach (var path in kustomization.Components)
                if (depth < Deepest && all.Count < MostComponents && kustomization.Local(path.Value) is { } folder && _byFolder.TryGetValue(folder, out var component) && component != user && !all.Contains(component))
                {
                    Add(component, depth + 1);
                    if (!all.Contains(component)) all.Add(component);
                }
        }
    }
}
