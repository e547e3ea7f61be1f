using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>What helm wrote for a whole chart, by the template that each document comes from.</summary>
internal sealed class RenderedSources
{
    private const string Mark = "# Source: ";

    private readonly ILookup<string, string> _documents;

    private RenderedSources(ILookup<string, string> documents) => _documents = documents;

    /// <summary>Reads helm's output: each document begins with a comment that names its template, the chart's name first.</summary>
    public static RenderedSources Read(string output)
    {
        var found = new List<(string Template, string Text)>();
        foreach (var document in output.Split("\n---\n"))
        {
            var at = document.IndexOf(Mark, StringComparison.Ordinal);
            if (at < 0) continue;
            var line = document[(at + Mark.Length)..].Split('\n')[0].Trim();
            found.Add((line[(line.IndexOf('/') + 1)..], document));
        }
        return new(found.ToLookup(f => f.Template, f => f.Text, StringComparer.Ordinal));
    }

    /// <summary>The documents of a template, by its path within the outermost chart.</summary>
    public IEnumerable<YamlMapping> Of(string template) => _documents[template].SelectMany(text => YamlReader.ReadAll(new(text), SourceFile.Limits, lastWins: true).Documents).OfType<YamlMapping>();
}
