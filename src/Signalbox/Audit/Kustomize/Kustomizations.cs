using System.Runtime.CompilerServices;
using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Kustomize;

/// <summary>All kustomizations of a repository: which files each takes in, and what it changes in them.</summary>
internal sealed class Kustomizations
{
    private const int MostWays = 64;

    private static readonly ConditionalWeakTable<Repository, Kustomizations> s_built = [];

    private readonly Dictionary<string, Kustomization> _byFolder;
    private readonly KustomizationWays _ways;
    private readonly HashSet<string> _patches;

    private Kustomizations(Repository repository)
    {
        var all = repository.All<Kustomization>().Select(k => k.Document).ToList();
        _byFolder = all.GroupBy(k => k.Folder, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _ways = new(all, MostWays);
        _patches = all.SelectMany(k => k.Patches.Select(p => k.Local(p.Value)).OfType<string>()).ToHashSet(StringComparer.Ordinal);
    }

    public static Kustomizations Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>Tells every object what kustomizations make of it. Once, when every file was read.</summary>
    public static void Place(Repository repository)
    {
        if (repository.All<Kustomization>().Count == 0) return;
        var all = Of(repository);
        foreach (var group in repository.All<KubernetesObject>().GroupBy(o => o.File.Path, StringComparer.Ordinal))
        {
            var chains = all._ways.From(group.Key);
            var isPatch = all._patches.Contains(group.Key);
            if (chains.Count == 0 && !isPatch)
            {
                if (!all._byFolder.ContainsKey(RelativePath.Folder(group.Key))) continue;
                foreach (var (file, item) in group)
                    if (Fragments.Is(file, item)) item.Place(Placement.Unused);
                continue;
            }
            var everywhere = Made(chains, isPatch);
            // one that patches make on some ways alone lives there alone
            foreach (var (_, item) in group) item.Place(item.Roots is { } roots ? Made([.. chains.Where(c => roots.Contains(c[^1].Folder))], isPatch) with { Roots = roots } : everywhere);
        }
    }

    private static Placement Made(IReadOnlyList<List<Kustomization>> chains, bool isPatch) => new(isPatch, chains.Any(c => c.Any(k => k.Namespace is not null)),
        [.. chains.Select(c => c[^1].Folder).Distinct(StringComparer.Ordinal)], [.. chains.Select(c => (IReadOnlyList<ImageOverride>)[.. c.SelectMany(k => k.Images)])]);
}
