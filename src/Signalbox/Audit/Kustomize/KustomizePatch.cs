using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>One patch of a kustomization: what it says, and whom.</summary>
/// <param name="Content">A mapping that is merged, or a list of JSON patch operations; null where it cannot be read.</param>
/// <param name="Target">Whom it is laid over where the patch itself does not say so.</param>
/// <param name="Source">The file it is written in.</param>
/// <param name="Inline">Its place where it is written as a text of the kustomization.</param>
internal sealed record KustomizePatch(YamlNode? Content, YamlNode? Target, SourceFile? Source = null, TextRange? Inline = null)
{
    /// <summary>The patches of a kustomization in the order they are laid on.</summary>
    public static IReadOnlyList<KustomizePatch> Of(Kustomization kustomization, Repository repository)
    {
        List<KustomizePatch> found = [.. All(kustomization, repository).Take(PatchedObjects.MostPatches + 1)];
        // what those beyond say, and to whom, is not known
        if (found.Count > PatchedObjects.MostPatches) found[^1] = new(null, kustomization.Root with { Entries = [] });
        return found;
    }

    private static IEnumerable<KustomizePatch> All(Kustomization kustomization, Repository repository)
    {
        foreach (var item in kustomization.Root.Get("patchesStrategicMerge").Items().OfType<YamlScalar>())
            foreach (var patch in item.Value.Contains('\n') ? Written(item, null) : InFile(item.Value, null)) yield return patch;
        foreach (var item in kustomization.Root.Get("patches").Items().Concat(kustomization.Root.Get("patchesJson6902").Items()))
            foreach (var patch in item.Get("patch") is YamlScalar text ? Written(text, item.Get("target")) : item.Text("path") is { } path ? InFile(path, item.Get("target")) : Read(null, item.Get("target"))) yield return patch;

        // a file is read once, however many name it
        IEnumerable<KustomizePatch> InFile(string path, YamlNode? target) => kustomization.Local(path) is { } local && repository.Open(local) is { } file ? Read(file.Yaml, target, file) : Read(null, target);

        IEnumerable<KustomizePatch> Written(YamlScalar text, YamlNode? target) => Read(YamlReader.ReadAll(new(text.Value), SourceFile.Limits), target,
            Kustomization.FileNames.Select(n => repository.Open(RelativePath.Join(kustomization.Folder, n)!)).FirstOrDefault(f => f is not null), text.Range);
    }

    private static IEnumerable<KustomizePatch> Read(YamlStream? read, YamlNode? target, SourceFile? source = null, TextRange? inline = null)
    {
        if (read is not { Problems: [] }) return [new(null, target)];
        return read.Documents.Where(d => d is YamlMapping or YamlSequence).Select(d => new KustomizePatch(d, target, source, inline));
    }

    /// <summary>Whether an object is meant, as far as can be told: one that may be is.</summary>
    public bool Reaches(KubernetesObject item)
    {
        if (Target is not null) return Fits(Target.Text("kind"), item.Kind) && Fits(Target.Text("name"), item.Name) && (Target.Text("group") ?? item.Group) == item.Group;
        // one that cannot be read names nobody
        return Content is not null && Content.Text("kind") == item.Kind && Content.Get("metadata").Text("name") == item.Name;
    }

    /// <returns>Null where what comes out is not known.</returns>
    public YamlMapping? Apply(YamlMapping root) => Target.Get("labelSelector") is not null || Target.Get("annotationSelector") is not null || !IsPlain(Target.Text("name")) || !IsPlain(Target.Text("kind")) ? null : Content switch
    {
        YamlMapping merge => StrategicMerge.Apply(root, Changes(merge)),
        YamlSequence operations => JsonPatch.Apply(root, operations.Items),
        _ => null,
    };

    // whom it means is no change
    private static YamlMapping Changes(YamlMapping patch)
    {
        var changes = Without(patch, "apiVersion", "kind");
        if (patch.Get("metadata") is not YamlMapping metadata) return changes;
        // what is empty would take all metadata away
        return Without(metadata, "name", "namespace") is { Entries.Count: > 0 } rest
            ? changes with { Entries = [.. changes.Entries.Select(e => e.Key.Value == "metadata" ? new YamlEntry(e.Key, rest) : e)] }
            : Without(changes, "metadata");
    }

    private static YamlMapping Without(YamlMapping map, params string[] keys) => map with { Entries = [.. map.Entries.Where(e => !keys.Contains(e.Key.Value))] };

    // kinds and names of a target are patterns; those that are more than words may mean anybody
    private static bool Fits(string? pattern, string text) => pattern is null || !IsPlain(pattern) || pattern is ".*" || pattern == text;

    private static bool IsPlain(string? pattern) => pattern is null or ".*" || pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '-');
}
