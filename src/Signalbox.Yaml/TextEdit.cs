using System.Text;

namespace Signalbox.Yaml;

/// <summary>One change of a text: what lies in <paramref name="Range"/> gives way to <paramref name="Replacement"/>.</summary>
public readonly record struct TextEdit(TextRange Range, string Replacement)
{
    /// <summary>Applies edits that do not overlap, all given in places of the original text.</summary>
    /// <exception cref="ArgumentException">Two edits overlap, or one lies outside the text.</exception>
    public static string Apply(string text, IEnumerable<TextEdit> edits) =>
        TryApply(text, edits) ?? throw new ArgumentException("two edits overlap, or one lies outside the text", nameof(edits));

    /// <returns>Null where two edits overlap, or one lies outside the text.</returns>
    public static string? TryApply(string text, IEnumerable<TextEdit> edits)
    {
        var result = new StringBuilder(text.Length + 256);
        var at = 0;
        foreach (var edit in edits.OrderBy(e => e.Range.Start).ThenBy(e => e.Range.End))
        {
            if (edit.Range.Start < at || edit.Range.End > text.Length || edit.Range.Length < 0) return null;
            result.Append(text, at, edit.Range.Start - at).Append(edit.Replacement);
            at = edit.Range.End;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }
}
