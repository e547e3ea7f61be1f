using System.Runtime.CompilerServices;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>Where a value stands that a patch laid over an object: at the patch, not at the object.</summary>
internal sealed class PatchPlaces
{
    private static readonly ConditionalWeakTable<Repository, PatchPlaces> s_read = [];

    private readonly Dictionary<string, (SourceFile File, TextRange Range)> _byValue = new(StringComparer.Ordinal);

    private PatchPlaces(Repository repository)
    {
        foreach (var patch in PatchedObjects.Of(repository).Patches)
            if (patch is { Source: { } source, Content: { } content })
                foreach (var scalar in content.Scalars()) _byValue.TryAdd(scalar.Value, (source, patch.Inline ?? scalar.Range));
    }

    /// <summary>The place of an entry's value: in its own file where that says it, else in the patch that does.</summary>
    public static (SourceFile File, TextRange Range) Of(Repository repository, SourceFile file, YamlEntry entry)
    {
        if (file.Rendering is not null || file.StandsIn.Count == 0 || entry.Value.Text() is not { Length: > 0 } value) return (file, entry.Range);
        var first = value.AsSpan().Trim();
        if (first.IndexOf('\n') is > 0 and var end) first = first[..end].TrimEnd();
        if (file.Text.Slice(entry.Value.Range).AsSpan().Contains(first, StringComparison.Ordinal)) return (file, entry.Range);
        return s_read.GetValue(repository, static r => new(r))._byValue.TryGetValue(value, out var place) ? place : (file, entry.Range);
    }
}
