using System.Text.RegularExpressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Here-documents of RUN, COPY and ADD: docs.docker.com/reference/dockerfile/#here-documents.</summary>
internal static partial class HereDocument
{
    /// <summary>The words that end the here-documents a line opens, with whether tabs before them are dropped.</summary>
    public static IReadOnlyList<(string Word, bool Tabs)> Opened(string line) =>
        [.. Opening().Matches(line).Select(m => (m.Groups["word"].Value, m.Groups["tabs"].Length > 0))];

    /// <summary>The body, where the text is one here-document and nothing else, so that it is the script itself.</summary>
    public static TextRange? Alone(string text)
    {
        var first = text.IndexOf('\n');
        if (first < 0 || !Whole().IsMatch(text[..first])) return null;
        var last = text.TrimEnd('\n').LastIndexOf('\n');
        return new(first + 1, Math.Max(first + 1, last));
    }

    [GeneratedRegex("<<(?<tabs>-?)[\"']?(?<word>[A-Za-z_][A-Za-z0-9_]*)[\"']?(?=\\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Opening();

    [GeneratedRegex("^\\s*<<-?[\"']?[A-Za-z_][A-Za-z0-9_]*[\"']?\\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
