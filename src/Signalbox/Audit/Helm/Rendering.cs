using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>A template that was rendered.</summary>
/// <param name="Unknown">Places whose value is not known.</param>
internal sealed record Rendering(ChartTree Tree, IReadOnlyList<TextRange> Unknown)
{
    /// <summary>Whether nothing can be said of a place.</summary>
    /// <param name="joins">Whether what is said follows from several objects: one that is not known may be the missing one.</param>
    public bool Hides(TextRange range, bool joins) => (joins && Tree.IsOpen) || Unknown.Any(u => u.Overlaps(range));
}
