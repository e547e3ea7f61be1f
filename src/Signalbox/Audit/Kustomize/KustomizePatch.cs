using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>One patch of a kustomization: what it says, and whom.</summary>
/// <param name="Content">A mapping that is merged, or a list of JSON patch operations; null where it cannot be read.</param>
/// <param name="Target">Whom it is laid over where the patch itself does not say so.</param>
internal sealed record KustomizePatch(YamlNode? Content, YamlNode? Target)
{
    /// <summary>The patches of a kustomization in the order they are laid on.</summary>
    public static IReadOnlyList<KustomizePatch> Of(Kustomization kustomization, Repository repository)
    {
        var found = new List<KustomizePatch>();
        foreach (var item in kustomization.Root.Get("patchesStrategicMerge").Items().OfType<YamlScalar>())
            found.AddRange(Read(item.Value.Contains('\n') ? item.Value : File(kustomization, item.Value, repository), null));
        foreach (var key in (ReadOnlySpan<string>)["patches", "patchesJson6902"])
            foreach (var item in kustomization.Root.Get(key).Items())
                found.AddRange(Read(item.Text("patch") ?? (item.Text("path") is { } path ? File(kustomization, path, repository) : null), item.Get("target")));
        return found;
    }

    private static string? File(Kustomization kustomization, string path, Repository repository) => kustomization.Local(path) is { } local ? repository.Open(local)?.Text.Content : null;

    private static IEnumerable<KustomizePatch> Read(string? text, YamlNode? target)
    {
        if (text is null || YamlReader.ReadAll(new(text), SourceFile.Limits) is not { Problems: [] } read) return [new(null, target)];
        return read.Documents.Where(d => d is YamlMapping or YamlSequence).Select(d => new KustomizePatch(d, target));
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
        YamlMapping merge => StrategicMerge.Apply(root, Without(merge)),
        YamlSequence operations => JsonPatch.Apply(root, operations.Items),
        _ => null,
    };

    // whom it means is no change
    private static YamlMapping Without(YamlMapping patch) => patch with { Entries = [.. patch.Entries.Where(e => e.Key.Value is not ("apiVersion" or "kind") && !(e.Key.Value == "metadata" && e.Value.Entries().All(m => m.Key.Value is "name" or "namespace")))] };

    // kinds and names of a target are patterns; those that are more than words may mean anybody
    private static bool Fits(string? pattern, string text) => pattern is null || !IsPlain(pattern) || pattern is ".*" || pattern == text;

    private static bool IsPlain(string? pattern) => pattern is null or ".*" || pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '-');
}
