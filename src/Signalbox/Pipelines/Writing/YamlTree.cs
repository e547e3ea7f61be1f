using System.Text;

namespace Signalbox.Pipelines.Writing;

/// <summary>YAML that is yet to be written.</summary>
internal abstract record YamlOut;

/// <summary>Text: quoted as it must be, in a block where it has lines.</summary>
/// <param name="Comment">A line above an item of a list.</param>
internal sealed record OutText(string Value, string? Comment = null) : YamlOut;

/// <summary>A boolean or a number, written as it is.</summary>
internal sealed record OutPlain(string Value) : YamlOut;

internal sealed record OutList(IReadOnlyList<YamlOut> Items) : YamlOut
{
    /// <summary>Whether short texts may stand in brackets on one line.</summary>
    public bool Flow { get; init; } = true;

    public static OutList Of(IEnumerable<string> items) => new([.. items.Select(i => new OutText(i))]);
}

/// <summary>Keys in the order they were added, with comments between them.</summary>
internal sealed record OutMap : YamlOut
{
    private readonly List<(string? Key, YamlOut? Value, string? Comment)> _entries = [];

    public IReadOnlyList<(string? Key, YamlOut? Value, string? Comment)> Entries => _entries;

    public bool IsEmpty => !_entries.Exists(e => e.Key is not null);

    /// <summary>Adds a key; nothing where the value is null.</summary>
    /// <param name="comment">Written behind a text, above anything else.</param>
    public OutMap Add(string key, YamlOut? value, string? comment = null)
    {
        if (value is not null) _entries.Add((key, value, comment));
        return this;
    }

    public OutMap Add(string key, string? text, string? comment = null) => Add(key, text is null ? null : new OutText(text), comment);

    public OutMap Add(string key, bool value, string? comment = null) => Add(key, new OutPlain(value ? "true" : "false"), comment);

    public OutMap Add(string key, long? value) => value is { } number ? Add(key, new OutPlain(number.ToString(System.Globalization.CultureInfo.InvariantCulture))) : this;

    public OutMap Add(string key, OutMap map) => map.IsEmpty ? this : Add(key, (YamlOut)map);

    public OutMap Add(string key, IEnumerable<string> list)
    {
        var items = OutList.Of(list);
        return items.Items.Count == 0 ? this : Add(key, items);
    }

    public OutMap Add(string key, IReadOnlyList<YamlOut> list) => list.Count == 0 ? this : Add(key, new OutList(list));

    /// <summary>A line of comment before the next key.</summary>
    public OutMap Comment(string text)
    {
        _entries.Add((null, null, text));
        return this;
    }

    /// <summary>An empty line before the next key.</summary>
    public OutMap Gap()
    {
        if (_entries.Count > 0) _entries.Add((null, null, null));
        return this;
    }
}

/// <summary>Writes a tree: two spaces a level, lists one level in, no line break that a value brought in but within its quotes.</summary>
internal sealed class YamlTreeWriter
{
    private const int LongestFlow = 90;

    private readonly StringBuilder _out = new();

    private string? _plainKey;

    /// <param name="plainKey">A key at the top that is written as it is, although YAML 1.1 reads it as a boolean.</param>
    public static string Write(OutMap root, string? plainKey = null)
    {
        var writer = new YamlTreeWriter { _plainKey = plainKey };
        writer.Map(root, 0, false);
        return writer._out.ToString();
    }

    private void Map(OutMap map, int indent, bool first)
    {
        foreach (var (key, value, comment) in map.Entries)
        {
            if (key is null)
            {
                if (comment is null) { if (!EndsEmpty()) _out.Append('\n'); continue; }
                Indent(indent, ref first).Append("# ").Append(OneLine(comment)).Append('\n');
                continue;
            }
            if (comment is not null && value is not (OutText or OutPlain)) Indent(indent, ref first).Append("# ").Append(OneLine(comment)).Append('\n');
            Indent(indent, ref first).Append(indent == 0 && key == _plainKey ? key : YamlScalarText.Line(key)).Append(':');
            Value(value!, indent, comment);
        }
    }

    // what stood between two empty lines may have had nothing to say
    private bool EndsEmpty() => _out.Length < 2 || (_out[^1] == '\n' && _out[^2] == '\n');

    private StringBuilder Indent(int indent, ref bool first)
    {
        if (first) { first = false; return _out; }
        return _out.Append(' ', indent);
    }

    private void Value(YamlOut value, int indent, string? comment)
    {
        switch (value)
        {
            case OutPlain plain: _out.Append(' ').Append(plain.Value).Append(Behind(comment)).Append('\n'); break;
            case OutText text when YamlScalarText.IsBlock(text.Value): Block(text.Value, indent + 2, comment); break;
            case OutText text: _out.Append(' ').Append(YamlScalarText.Line(text.Value)).Append(Behind(comment)).Append('\n'); break;
            case OutMap { IsEmpty: true }: _out.Append(" {}\n"); break;
            case OutMap map: _out.Append('\n'); Map(map, indent + 2, false); break;
            case OutList { Items.Count: 0 }: _out.Append(" []\n"); break;
            case OutList list when Flow(list) is { } flow: _out.Append(' ').Append(flow).Append('\n'); break;
            case OutList list: _out.Append('\n'); List(list, indent + 2); break;
        }
    }

    private static string Behind(string? comment) => comment is null ? "" : $" # {OneLine(comment)}";

    // a comment ends at the line's end, whatever a name in it says
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u0085' or '\u2028' or '\u2029' or '\uFEFF' || char.IsSurrogate(c) ? ' ' : c));

    private static string? Flow(OutList list)
    {
        if (!list.Flow || !list.Items.All(i => i is OutPlain || (i is OutText { Comment: null } text && !text.Value.Any(c => char.IsControl(c) || c is ',' or '[' or ']' or '{' or '}' or '#' or ':')))) return null;
        var flow = $"[{string.Join(", ", list.Items.Select(i => i is OutPlain plain ? plain.Value : YamlScalarText.Line(((OutText)i).Value)))}]";
        return flow.Length <= LongestFlow ? flow : null;
    }

    private void List(OutList list, int indent)
    {
        foreach (var item in list.Items)
        {
            if (item is OutMap { IsEmpty: false } map)
            {
                foreach (var (_, _, comment) in map.Entries.TakeWhile(e => e.Key is null))
                    if (comment is not null) _out.Append(' ', indent).Append("# ").Append(OneLine(comment)).Append('\n');
                var rest = new OutMap();
                foreach (var (key, value, comment) in map.Entries.SkipWhile(e => e.Key is null))
                    if (key is null) rest.Comment(comment ?? "");
                    else rest.Add(key, value, comment);
                _out.Append(' ', indent).Append("- ");
                // a comment above the first key would stand behind the dash
                Map(rest, indent + 2, true);
                continue;
            }
            if (item is OutText { Comment: { } above }) _out.Append(' ', indent).Append("# ").Append(OneLine(above)).Append('\n');
            _out.Append(' ', indent).Append('-');
            Value(item, indent, null);
        }
    }

    private void Block(string text, int indent, string? comment)
    {
        _out.Append(' ').Append(YamlScalarText.BlockSign(text)).Append(Behind(comment)).Append('\n');
        var body = text.EndsWith('\n') ? text[..^1] : text;
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0) _out.Append(' ', indent).Append(line);
            _out.Append('\n');
        }
    }
}
