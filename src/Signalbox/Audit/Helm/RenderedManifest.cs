using Signalbox.Audit.Helm.Templates;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm;

/// <summary>One document that a template writes.</summary>
/// <param name="Root">Every node stands in the template where it comes from.</param>
/// <param name="IsPartial">Whether there may be more in it than can be known.</param>
/// <param name="IsOpen">Whether names, labels or more of it are not known, so that nobody can tell what it belongs to.</param>
internal sealed record RenderedDocument(YamlMapping Root, bool IsPartial, bool IsOpen);

/// <summary>Reads what a template wrote as YAML and takes its nodes back to where they stand in the template.</summary>
internal sealed class RenderedManifest
{
    // what these hold is text, whatever it says
    private static readonly HashSet<string> s_texts = new(StringComparer.Ordinal) { "name", "namespace", "image", "value", "key", "secretName", "claimName", "host", "path", "serviceName", "serviceAccountName", "storageClassName" };
    private static readonly HashSet<string> s_maps = new(StringComparer.Ordinal) { "labels", "annotations", "matchLabels", "selector", "nodeSelector", "data", "stringData", "binaryData", "args", "command" };

    // an unknown one of these changes nothing in what an object belongs to
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal) { "image", "value", "annotations", "data", "stringData", "binaryData", "args", "command", "host", "path" };

    private readonly SourceFile _template;
    private readonly TemplateOutput _output;
    private readonly List<TextRange> _unknown = [];
    private readonly List<int> _breaks = [];
    private readonly HashSet<int> _lacking = [];
    private bool _partial;
    private bool _open;

    private RenderedManifest(SourceFile template, TemplateOutput output)
    {
        (_template, _output) = (template, output);
        // a helper and the template beside it may give a label each
        var stream = YamlReader.ReadAll(new(WithoutLines(output.Text)), SourceFile.Limits, lastWins: true);
        Problem = stream.Problems is [var problem, ..] ? problem : null;
        Documents = [.. stream.Documents.OfType<YamlMapping>().Select(Read)];
    }

    public IReadOnlyList<RenderedDocument> Documents { get; }

    /// <summary>Places of the template whose value is not known.</summary>
    public IReadOnlyList<TextRange> Unknown => _unknown;

    /// <summary>Whether a document begins or ends with what is not known, or one may be missing.</summary>
    public bool IsOpen => _lacking.Count > 0 || Documents.Any(d => d.IsOpen);

    /// <summary>Why what was written is no YAML.</summary>
    public YamlProblem? Problem { get; }

    public static RenderedManifest Of(SourceFile template, TemplateOutput output) => new(template, output);

    /// <summary>Empties the lines that only say that something is not known: whatever they were, their document has it.</summary>
    private string WithoutLines(string text)
    {
        var blank = text.ToCharArray();
        var document = 0;
        var opens = false;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var found ? found : text.Length;
            var line = text.AsSpan(start, end - start);
            if (line.StartsWith("---"))
            {
                _breaks.Add(start);
                document++;
            }
            // a text that is not known is one all the same
            else if (Templates.Unknown.IsAll(line) && !opens)
            {
                _lacking.Add(document);
                blank.AsSpan(start, end - start).Fill(' ');
            }
            if (!line.IsWhiteSpace()) opens = OpensText(line);
            start = end + 1;
        }
        return new(blank);
    }

    /// <summary>Whether the lines that follow are a text: <c>key: |</c>, <c>- >-</c>.</summary>
    private static bool OpensText(ReadOnlySpan<char> line)
    {
        var head = line.TrimEnd().TrimEnd("0123456789+-");
        return head.EndsWith(": |") || head.EndsWith(": >") || head.EndsWith("- |") || head.EndsWith("- >");
    }

    private RenderedDocument Read(YamlMapping root)
    {
        var lacks = _lacking.Contains(_breaks.Count(b => b <= root.Range.Start));
        (_partial, _open) = (lacks, lacks);
        var placed = (YamlMapping)Placed(root, "", "");
        return new(placed, _partial, _open);
    }

    private YamlNode Placed(YamlNode node, string key, string above)
    {
        var range = _output.Source(node.Range);
        var start = _template.Text.At(range.Start);
        var span = start with { Length = Math.Max(1, Math.Min(range.Length, (_template.Text.Line(start.Line)?.Length ?? 0) - start.Column + 1)) };
        return node switch
        {
            YamlScalar scalar => Leaf(scalar, key, above) with { Range = range, Span = span },
            YamlSequence list => list with { Range = range, Span = span, Items = [.. list.Items.Select(i => Placed(i, key, above))] },
            YamlMapping map => map with { Range = range, Span = span, Entries = [.. map.Entries.Select(e => Placed(e, key))] },
            _ => node,
        };
    }

    private YamlEntry Placed(YamlEntry entry, string above)
    {
        if (Templates.Unknown.IsIn(entry.Key.Value)) _partial = _open = true;
        return new((YamlScalar)Placed(entry.Key, "name", ""), Placed(entry.Value, entry.Key.Value, above)) { Alias = entry.Alias is { } alias ? _output.Source(alias) : null };
    }

    private YamlScalar Leaf(YamlScalar scalar, string key, string above)
    {
        if (!Templates.Unknown.IsIn(scalar.Value)) return scalar;
        _unknown.Add(_output.Source(scalar.Range));
        var isText = s_texts.Contains(key) || s_maps.Contains(key) || s_maps.Contains(above) || scalar.Style != YamlStyle.Plain || !Templates.Unknown.IsAll(scalar.Value);
        if (!isText) _partial = true;
        if (!isText || !(s_harmless.Contains(key) || s_harmless.Contains(above))) _open = true;
        return scalar with { Value = Written(_unknown[^1]), Tag = "signalbox:unknown" };
    }

    // what is written the same way is taken to be the same
    private string Written(TextRange range) => _template.Text.Slice(range) is var text && text.Contains("{{", StringComparison.Ordinal) ? text.ReplaceLineEndings(" ") : "{{ }}";
}
