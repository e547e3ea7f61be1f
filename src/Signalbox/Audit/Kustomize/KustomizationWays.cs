namespace Signalbox.Audit.Kustomize;

/// <summary>Which kustomizations take in what, and so every way from a file up to one that nothing takes in.</summary>
/// <param name="most">More ways than that are seen through the first ones.</param>
internal sealed class KustomizationWays(IEnumerable<Kustomization> all, int most)
{
    // bases of bases; a loop ends here
    private const int Deepest = 16;

    private readonly ILookup<string, Kustomization> _users = all.SelectMany(k => k.Resources.Select(r => k.Local(r.Value)).OfType<string>().Select(p => (Path: p, User: k))).Distinct()
        .ToLookup(u => u.Path, u => u.User, StringComparer.Ordinal);

    /// <returns>Each the nearest kustomization first.</returns>
    public List<List<Kustomization>> From(string path)
    {
        var ways = new List<List<Kustomization>>();
        Climb(path, [], ways);
        return ways;
    }

    private void Climb(string path, List<Kustomization> below, List<List<Kustomization>> ways)
    {
        if (ways.Count == most) return;
        var users = _users[path].Where(u => !below.Contains(u)).ToList();
        if (users.Count == 0 || below.Count == Deepest)
        {
            if (below.Count > 0) ways.Add(below);
            return;
        }
        foreach (var user in users) Climb(user.Folder, [.. below, user], ways);
    }
}
