namespace Signalbox.Yaml;

/// <summary>What may be read before reading is refused; every limit gives one clear problem.</summary>
/// <param name="MaxBytes">Size of the input.</param>
/// <param name="MaxDepth">Collections within collections.</param>
/// <param name="MaxNodes">Nodes with every alias expanded, so that a few bytes cannot stand for billions of nodes.</param>
public sealed record YamlLimits(int MaxBytes = 1024 * 1024, int MaxDepth = 64, int MaxNodes = 100_000);

/// <summary>One thing that keeps the text from being read.</summary>
/// <param name="Id">kebab-case and stable, beginning with <c>yaml-</c>.</param>
/// <param name="Message">Lower case, no full stop.</param>
/// <param name="Help">A line to paste, or null.</param>
/// <param name="Annotation">What was seen at the place.</param>
/// <param name="Earlier">The earlier place it collides with (a duplicate key's first).</param>
public sealed record YamlProblem(
    string Id, string Message, YamlSpan Span, string? Help = null, string? Annotation = null, YamlSpan? Earlier = null);

/// <summary>What was read. With problems, <see cref="Root"/> may still hold what could be read beside them.</summary>
/// <param name="Root">Null for an empty document and where nothing could be read.</param>
public sealed record YamlDocument(YamlNode? Root, YamlText Text, IReadOnlyList<YamlProblem> Problems);

/// <summary>Every document of a file, in order, up to the first that cannot be read.</summary>
/// <param name="Documents">The roots; null for an empty document.</param>
public sealed record YamlStream(IReadOnlyList<YamlNode?> Documents, YamlText Text, IReadOnlyList<YamlProblem> Problems);

/// <summary>The text and its lines, for snippets.</summary>
public sealed class YamlText(string content)
{
    private readonly Lazy<int[]> _starts = new(() => LineStarts(content));

    public static YamlText Empty { get; } = new("");

    public string Content { get; } = content;

    /// <param name="number">1-based.</param>
    /// <returns>The line without its break, or null where there is no such line.</returns>
    public string? Line(int number)
    {
        var starts = _starts.Value;
        if (number < 1 || number > starts.Length) return null;
        var from = starts[number - 1];
        var length = Content.AsSpan(from).IndexOfAny(LineBreaks);
        return length < 0 ? Content[from..] : Content.Substring(from, length);
    }

    /// <summary>How many lines there are; the empty one after a last break counts.</summary>
    public int LineCount => _starts.Value.Length;

    /// <param name="number">1-based; from 1 to <see cref="LineCount"/>.</param>
    /// <returns>The index of the line's first character.</returns>
    public int LineStart(int number) => _starts.Value[number - 1];

    /// <summary>The text of a piece; empty where the range is none of this text: a place in a script that YAML folds in its own way is not always exact.</summary>
    public string Slice(TextRange range) => 0 <= range.Start && range.Start <= range.End && range.End <= Content.Length ? Content[range.Start..range.End] : "";

    /// <summary>The 1-based line and column of a character.</summary>
    public YamlSpan At(int index)
    {
        var line = Array.BinarySearch(_starts.Value, index);
        if (line < 0) line = ~line - 1;
        return new(line + 1, index - _starts.Value[line] + 1, 1);
    }

    // the scanner's breaks: YAML 1.1 counts NEL, LS and PS as well
    private static readonly System.Buffers.SearchValues<char> LineBreaks = System.Buffers.SearchValues.Create("\r\n\u0085\u2028\u2029");

    private static int[] LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; text.AsSpan(i).IndexOfAny(LineBreaks) is >= 0 and var found;)
        {
            i += found + 1;
            if (text[i - 1] == '\r' && i < text.Length && text[i] == '\n') i++;
            starts.Add(i);
        }
        return [.. starts];
    }
}
