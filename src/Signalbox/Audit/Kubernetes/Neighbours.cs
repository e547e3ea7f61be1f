namespace Signalbox.Audit.Kubernetes;

/// <summary>
/// Which objects of a repository belong together. A repository holds the manifests of many clusters: the same names and labels
/// stand in the folders of several environments and examples. What is meant is what lies nearest.
/// </summary>
internal static class Neighbours
{
    /// <summary>
    /// Of what a name or selector of an object may mean, what it does mean: in its own chart; else under the same kustomization; else
    /// under the nearest folder above it that has any.
    /// </summary>
    public static IReadOnlyList<Located<T>> Nearest<T>(KubernetesObject near, IEnumerable<Located<T>> found, Func<T, KubernetesObject> owner) where T : class
    {
        var all = found.Where(f => owner(f.Document).Chart == near.Chart).ToList();
        if (near.Chart is not null || all.Count < 2) return all;
        var kustomized = all.Where(f => SharesRoot(near, owner(f.Document))).ToList();
        if (kustomized.Count > 0) return kustomized;
        var deepest = all.Max(f => Shared(near.Folder, owner(f.Document).Folder));
        return [.. all.Where(f => Shared(near.Folder, owner(f.Document).Folder) == deepest)];
    }

    /// <summary>Whether two objects are surely one deployment: of one chart or kustomization, or in a folder and one below it.</summary>
    public static bool AreTogether(KubernetesObject one, KubernetesObject other) => one.Chart is not null || other.Chart is not null
        ? one.Chart == other.Chart
        : SharesRoot(one, other) || IsBelow(one.Folder, other.Folder) || IsBelow(other.Folder, one.Folder);

    private static bool SharesRoot(KubernetesObject one, KubernetesObject other) => one.Placement.Roots.Any(other.Placement.Roots.Contains);

    private static bool IsBelow(string folder, string above) => above.Length == 0 || folder == above || folder.StartsWith(above + "/", StringComparison.Ordinal);

    // how many folders two paths have in common
    private static int Shared(string one, string other)
    {
        var (shared, length) = (0, Math.Min(one.Length, other.Length));
        var i = 0;
        for (; i < length && one[i] == other[i]; i++)
            if (one[i] == '/') shared++;
        var ends = (i == one.Length || one[i] == '/') && (i == other.Length || other[i] == '/');
        return ends && i > 0 ? shared + 1 : shared;
    }
}
