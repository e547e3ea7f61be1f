using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection;

/// <summary>What a pattern matched, and where.</summary>
internal sealed record Hit(Match Match, Place At, string Line)
{
    public string this[int group] => Match.Groups[group].Value;
}

/// <summary>A text file of the tree.</summary>
internal sealed class SourceFile(string path, string text)
{
    // minified code and data: nobody writes what is looked for there, and patterns would take their time
    private const int LongestLine = 2_000;

    private string[]? _lines;

    public string Path { get; } = path;

    public string Text { get; } = text;

    public IReadOnlyList<string> Lines => _lines ??= Text.ReplaceLineEndings("\n").Split('\n');

    public Place Place => new(Path);

    public Place Line(int line) => new(Path, line);

    public string LineText(int line) => line >= 1 && line <= Lines.Count ? Lines[line - 1] : "";

    /// <returns>The first line that matches.</returns>
    public Hit? Find(Regex pattern) => FindAll(pattern).FirstOrDefault();

    public IEnumerable<Hit> FindAll(Regex pattern)
    {
        for (var i = 0; i < Lines.Count; i++)
            if (Lines[i].Length is > 0 and <= LongestLine && pattern.Match(Lines[i]) is { Success: true } match)
                yield return new(match, new(Path, i + 1), Lines[i]);
    }
}
