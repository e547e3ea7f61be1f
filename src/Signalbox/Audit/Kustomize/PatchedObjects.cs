using System.Runtime.CompilerServices;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Programs;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>An object as it is deployed on one way.</summary>
/// <param name="IsPartial">Whether a patch changes it that is not followed: what it lacks says nothing.</param>
/// <param name="Roots">The folders of the outermost kustomizations that make this of it; null where that is all of them.</param>
internal readonly record struct PatchedObject(YamlMapping Root, bool IsPartial, IReadOnlyList<string>? Roots);

/// <summary>What the patches of kustomizations make of the objects they take in, inline or from a file, without running kustomize.</summary>
internal sealed class PatchedObjects
{
    // overlays and patches beyond that are not followed
    private const int MostWays = 8;
    internal const int MostPatches = 64;
    private const int Deepest = 16;

    private static readonly ConditionalWeakTable<Repository, Lazy<PatchedObjects>> s_read = [];

    private readonly ILookup<string, (Kustomization User, IReadOnlyList<KustomizePatch> Patches)> _users;

    private PatchedObjects(Repository repository)
    {
        var all = repository.Paths.Where(p => Kustomization.FileNames.Contains(p[(p.LastIndexOf('/') + 1)..]))
            .Select(p => repository.Open(p)?.Yaml is { Problems: [], Documents: [YamlMapping root] } ? new Kustomization(RelativePath.Folder(p), root) : null).OfType<Kustomization>()
            .Select(k => (User: k, Patches: KustomizePatch.Of(k, repository))).ToList();
        _users = (all.Any(k => k.Patches.Count > 0) ? all : []).SelectMany(k => k.User.Resources.Select(r => k.User.Local(r.Value)).OfType<string>().Select(p => (Path: p, User: k))).Distinct()
            .ToLookup(u => u.Path, u => u.User, StringComparer.Ordinal);
    }

    public static PatchedObjects Of(Repository repository) => s_read.GetValue(repository, static r => new(() => new(r))).Value;

    /// <summary>What becomes of an object of a file, once for each set of patches that reaches it; the object itself where none does.</summary>
    public IReadOnlyList<PatchedObject> Of(SourceFile file, YamlMapping written)
    {
        var ways = new List<(string Root, IReadOnlyList<KustomizePatch> Patches)>();
        Climb(file.Path, [], [], new(written), ways);
        if (ways.All(w => w.Patches.Count == 0)) return [new(written, false, null)];
        return [.. ways.GroupBy(w => string.Join(' ', w.Patches.Select(p => RuntimeHelpers.GetHashCode(p)))).Select(w => Applied(file, written, w.First().Patches, [.. w.Select(o => o.Root).Distinct()]))];
    }

    private void Climb(string path, IReadOnlyList<Kustomization> below, IReadOnlyList<KustomizePatch> patches, KubernetesObject item, List<(string Root, IReadOnlyList<KustomizePatch> Patches)> ways)
    {
        if (ways.Count == MostWays) return;
        var users = _users[path].Where(u => !below.Contains(u.User)).ToList();
        if (users.Count == 0 || below.Count == Deepest)
        {
            if (below.Count > 0) ways.Add((below[^1].Folder, patches));
            return;
        }
        foreach (var (user, own) in users) Climb(user.Folder, [.. below, user], [.. patches, .. own.Where(p => p.Reaches(item))], item, ways);
    }

    private static PatchedObject Applied(SourceFile file, YamlMapping written, IReadOnlyList<KustomizePatch> patches, IReadOnlyList<string> roots)
    {
        var made = patches.Count > MostPatches ? null : patches.Aggregate((YamlMapping?)written, (root, patch) => root is null ? null : patch.Apply(root));
        return made is null ? new(written, true, roots) : new(patches.Count == 0 ? written : Placing.Place(made, written, file), false, roots);
    }
}
