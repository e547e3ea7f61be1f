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

    private static readonly ConditionalWeakTable<Repository, Lazy<PatchedObjects>> s_read = [];

    private readonly Dictionary<Kustomization, IReadOnlyList<KustomizePatch>> _patches;
    private readonly Dictionary<KustomizePatch, int> _numbers;
    private readonly KustomizationWays _ways;

    private PatchedObjects(Repository repository)
    {
        _patches = repository.Paths.Where(p => Kustomization.FileNames.Contains(p[(p.LastIndexOf('/') + 1)..]))
            .Select(p => repository.Open(p)?.Yaml is { Problems: [], Documents: [YamlMapping root] } ? new Kustomization(RelativePath.Folder(p), root) : null).OfType<Kustomization>()
            .ToDictionary(k => k, k => KustomizePatch.Of(k, repository));
        // two patches may say the same, and are two
        _numbers = _patches.Values.SelectMany(p => p).Index().ToDictionary<(int Number, KustomizePatch Patch), KustomizePatch, int>(p => p.Patch, p => p.Number, ReferenceEqualityComparer.Instance);
        _ways = new(_patches.Values.Any(p => p.Count > 0) ? _patches.Keys : [], MostWays);
    }

    /// <summary>Every patch of every kustomization.</summary>
    public IEnumerable<KustomizePatch> Patches => _patches.Values.SelectMany(p => p);

    public static PatchedObjects Of(Repository repository) => s_read.GetValue(repository, static r => new(() => new(r))).Value;

    /// <summary>What becomes of an object of a file, once for each set of patches that reaches it; the object itself where none does.</summary>
    public IReadOnlyList<PatchedObject> Of(SourceFile file, YamlMapping written)
    {
        var above = _ways.From(file.Path);
        if (above.Count == 0) return [new(written, false, null)];
        var item = new KubernetesObject(written);
        var ways = above.Select(way => (Root: way[^1].Folder, Patches: (IReadOnlyList<KustomizePatch>)[.. way.SelectMany(k => _patches[k]).Where(p => p.Reaches(item))])).ToList();
        if (ways.All(w => w.Patches.Count == 0)) return [new(written, false, null)];
        return [.. ways.GroupBy(w => string.Join(' ', w.Patches.Select(p => _numbers[p]))).Select(w => Applied(file, written, w.First().Patches, [.. w.Select(o => o.Root).Distinct()]))];
    }

    private static PatchedObject Applied(SourceFile file, YamlMapping written, IReadOnlyList<KustomizePatch> patches, IReadOnlyList<string> roots)
    {
        var (made, partial) = (written, patches.Count > MostPatches);
        foreach (var patch in partial ? [] : patches)
        {
            // what the others set holds, whatever this one does
            if (patch.Apply(made) is { } changed) made = changed;
            else partial = true;
        }
        return new(ReferenceEquals(made, written) ? written : Placing.Place(made, written, file), partial, roots);
    }
}
