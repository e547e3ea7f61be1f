using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Signalbox.Yaml;

/// <summary>Builds the node tree from the parser's events and stops at the first limit or syntax error.</summary>
/// <param name="parsed">The text as the parser is given it, every line and column as in <paramref name="text"/>; null for the text itself.</param>
/// <param name="lastWins">Whether of a key that is given twice the last counts; else that is a problem.</param>
internal sealed class YamlTreeBuilder(YamlText text, YamlLimits limits, string? parsed = null, bool lastWins = false)
{
    private readonly Parser _parser = new(new Scanner(new StringReader(parsed ?? text.Content), skipComments: true));
    private readonly List<YamlProblem> _problems = [];
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private long _nodes;
    private int _lastEnd;
    private bool _blankStart;

    public YamlDocument Build()
    {
        YamlNode? root = null;
        Guard(() => root = Document());
        return Again() is { } again ? again.Build() : new(root, text, _problems);
    }

    public YamlStream BuildAll()
    {
        var roots = new List<YamlNode?>();
        Guard(() => Documents(roots));
        return Again() is { } again ? again.BuildAll() : new(roots, text, _problems);
    }

    /// <summary>A second reading where the parser refused what YAML allows.</summary>
    private YamlTreeBuilder? Again() => _blankStart && parsed is null && BlankStart.Moved(text.Content) is { } moved ? new(text, limits, moved, lastWins) : null;

    private void Documents(List<YamlNode?> roots)
    {
        Expect<StreamStart>();
        while (Next() && _parser.Current is DocumentStart)
        {
            // anchors and the limit on nodes belong to one document
            _anchors.Clear();
            _nodes = 0;
            Next();
            var root = Node(0);
            roots.Add(root is YamlScalar { IsNull: true, Range.Length: 0 } ? null : root);
            Next();
        }
    }

    private void Guard(Action read)
    {
        try
        {
            read();
        }
        catch (Refusal refusal)
        {
            _problems.Add(refusal.Problem);
        }
        catch (YamlException e)
        {
            _blankStart = BlankStart.IsRefusal(e.Message);
            _problems.Add(e.Message.Contains(" tab", StringComparison.Ordinal) && Tab() is { } tab ? tab : Syntax(Place(e), e.Message));
        }
        // the parser lets a few of .NET's own exceptions through on hostile text (escapes beyond Unicode, for one)
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            _problems.Add(Syntax(_parser.Current?.End ?? Mark.Empty, "not understood"));
        }
    }

    private YamlNode? Document()
    {
        Expect<StreamStart>();
        if (!Next() || _parser.Current is not DocumentStart) return null;
        Next();
        var root = Node(0);
        Next();
        if (Next() && _parser.Current is DocumentStart second)
            _problems.Add(new("yaml-many-documents", "a second document begins here; expected one in a file", Span(second.Start, second.End)));
        return root;
    }

    private YamlNode Node(int depth)
    {
        if (_parser.Current is AnchorAlias alias) return Resolve(alias);
        // on some broken text the parser ends a mapping between a key and its value
        if (_parser.Current is not NodeEvent start) throw new Refusal(Syntax(_parser.Current?.Start ?? Mark.Empty, "a value is missing here"));
        Count(1, Span(start.Start, start.End));
        if (depth >= limits.MaxDepth)
            throw new Refusal(new("yaml-too-deep", $"collections lie more than {limits.MaxDepth} deep", Span(start.Start, start.End)));
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = null;
        YamlNode node = start switch
        {
            Scalar scalar => Leaf(scalar),
            SequenceStart sequence => Sequence(sequence, depth),
            _ => Mapping((MappingStart)start, depth),
        };
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = node;
        return node;
    }

    private YamlSequence Sequence(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        var count = 1L;
        while (Next() && _parser.Current is not SequenceEnd)
        {
            var item = Node(depth + 1);
            items.Add(item);
            count += item.ExpandedCount;
        }
        return new(Span(start.Start, start.End), Tag(start), count, items) { Range = new((int)start.Start.Index, CollectionEnd(start.Style == SequenceStyle.Flow)) };
    }

    private YamlMapping Mapping(MappingStart start, int depth)
    {
        var entries = new List<YamlEntry>();
        var count = 1L;
        Dictionary<string, YamlScalar>? seen = null;
        var twice = false;
        while (Next() && _parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1);
            Next();
            var alias = _parser.Current is AnchorAlias here ? Range(here.Start, here.End) : (TextRange?)null;
            var value = Node(depth + 1);
            count += 1 + value.ExpandedCount;
            if (Accept(key, value, entries, ref seen, ref twice) is { } scalar) entries.Add(new(scalar, value) { Alias = alias });
        }
        if (twice) entries = LastOfEach(entries);
        // a block mapping begins without a sign of its own: its first key stands for it
        var span = start.Style == MappingStyle.Flow || entries.Count == 0 ? Span(start.Start, start.End) : entries[0].Key.Span;
        return new(span, Tag(start), count, entries) { Range = new((int)start.Start.Index, CollectionEnd(start.Style == MappingStyle.Flow)) };
    }

    /// <summary>Of keys that stand twice the last one, where the first stood; merge keys all.</summary>
    private static List<YamlEntry> LastOfEach(List<YamlEntry> entries)
    {
        var kept = new List<YamlEntry>(entries.Count);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries)
            if (IsMerge(entry.Key) || places.TryAdd(entry.Key.Value, kept.Count)) kept.Add(entry);
            else kept[places[entry.Key.Value]] = entry;
        return kept;
    }

    private static bool IsMerge(YamlScalar key) => key is { Value: YamlAccess.MergeKey, IsPlain: true };

    private YamlScalar? Accept(YamlNode key, YamlNode value, List<YamlEntry> entries, ref Dictionary<string, YamlScalar>? seen, ref bool twice)
    {
        if (key is not YamlScalar scalar)
            _problems.Add(new("yaml-key-not-text", $"a key is {key.Kind}; expected text", key.Span));
        // a merge key may stand several times: GitLab takes every one of them
        else if (Before(scalar, entries, ref seen) is not { } first || IsMerge(scalar))
            return scalar;
        else if (lastWins)
        {
            twice = true;
            return scalar;
        }
        else
            _problems.Add(new("yaml-duplicate-key", $"key '{YamlQuote.Short(scalar.Value)}' is given twice", scalar.Span,
                Once(scalar, value), "remove one of the two", first.Span));
        return null;
    }

    /// <summary>The key of the same text that came before; most mappings have a handful of keys, which need no table.</summary>
    private static YamlScalar? Before(YamlScalar key, List<YamlEntry> entries, ref Dictionary<string, YamlScalar>? many)
    {
        const int Few = 8;
        if (entries.Count < Few)
        {
            foreach (var entry in entries)
                if (entry.Key.Value == key.Value) return entry.Key;
            return null;
        }
        if (many is null)
        {
            many = new(StringComparer.Ordinal);
            foreach (var entry in entries) many.TryAdd(entry.Key.Value, entry.Key);
        }
        return many.TryAdd(key.Value, key) ? null : many[key.Value];
    }

    /// <summary>The one line that may stay; a value of several lines has none.</summary>
    private static string? Once(YamlScalar key, YamlNode value) =>
        value is YamlScalar { IsPlain: true, Value: var text } ? $"{YamlQuote.Short(key.Value)}: {YamlQuote.Short(text)}".TrimEnd() : null;

    private YamlNode Resolve(AnchorAlias alias)
    {
        var (name, span) = (alias.Value.Value, Span(alias.Start, alias.End));
        if (!_anchors.TryGetValue(name, out var node))
            throw new Refusal(new("yaml-unknown-alias", $"alias '*{YamlQuote.Short(name)}' names no anchor before it", span));
        if (node is null)
            throw new Refusal(new("yaml-alias-cycle", $"alias '*{YamlQuote.Short(name)}' lies within the node it names", span));
        Count(node.ExpandedCount, span);
        Ends((int)alias.End.Index);
        return node;
    }

    private void Count(long nodes, YamlSpan at)
    {
        _nodes += nodes;
        if (_nodes > limits.MaxNodes)
            throw new Refusal(new("yaml-too-many-nodes", $"the document has more than {limits.MaxNodes:N0} nodes once its aliases are expanded", at,
                Annotation: "reading stopped here"));
    }

    private bool Next() => _parser.MoveNext();

    private void Expect<T>()
    {
        if (!Next() || _parser.Current is not T) throw new Refusal(Syntax(Mark.Empty, "not understood"));
    }

    // the scanner says where the mapping began that the tab spoils, which can be far above
    private YamlProblem? Tab()
    {
        for (var number = 1; text.Line(number) is { } line; number++)
        {
            var indent = line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length);
            if (indent.IndexOf('\t') is >= 0 and var at)
                return new("yaml-syntax", "this is not YAML: a tab cannot indent", new(number, at + 1, 1), "expand -t 2", "expected spaces");
        }
        return null;
    }

    // the end is where the scanner noticed, the start what it was reading: an open quote is noticed only at the end of the file
    private Mark Place(YamlException e) =>
        e.Message.Contains("quoted scalar", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(text.Line((int)e.End.Line)) ? e.Start : e.End;

    private YamlProblem Syntax(Mark at, string message)
    {
        var span = new YamlSpan((int)Math.Max(1, at.Line), (int)Math.Max(1, at.Column), 1);
        var (expected, help) = SyntaxAdvice.Of(message, text.Line(span.Line), span.Column);
        return new("yaml-syntax", $"this is not YAML: {expected}", span, help, Lower(message));
    }

    private static string Lower(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.').ReplaceLineEndings(" ");

    private YamlSpan Span(Mark start, Mark end)
    {
        var (line, column) = ((int)Math.Max(1, start.Line), (int)Math.Max(1, start.Column));
        var length = end.Line == start.Line
            ? end.Column - start.Column
            : (text.Line(line)?.TrimEnd().Length ?? 0) - column + 1;
        return new(line, column, (int)Math.Max(1, length));
    }

    private static TextRange Range(Mark start, Mark end) => new((int)start.Index, (int)Math.Max(start.Index, end.Index));

    // a block collection is seen to end only where the next token begins: what it ends with is its last value
    private int CollectionEnd(bool flow) => flow ? Ends(AfterBracket()) : _lastEnd;

    // the parser gives the closing bracket no width
    private int AfterBracket()
    {
        var at = (int)(_parser.Current?.Start.Index ?? 0);
        return at < text.Content.Length && text.Content[at] is '}' or ']' ? at + 1 : (int)(_parser.Current?.End.Index ?? 0);
    }

    private int Ends(int end) => _lastEnd = Math.Max(_lastEnd, end);

    private YamlScalar Leaf(Scalar scalar)
    {
        var range = Range(scalar.Start, scalar.End);
        // a block scalar ends for the scanner where the next line with less indentation begins
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded) range = new(range.Start, TrimmedEnd(range));
        Ends(range.End);
        return new(Span(scalar.Start, scalar.End), Tag(scalar), scalar.Value, Style(scalar.Style)) { Range = range };
    }

    private int TrimmedEnd(TextRange range)
    {
        var end = Math.Min(range.End, text.Content.Length);
        while (end > range.Start && char.IsWhiteSpace(text.Content[end - 1])) end--;
        return end;
    }

    private static string? Tag(NodeEvent node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific ? null : node.Tag.Value;

    private static YamlStyle Style(ScalarStyle style) => style switch
    {
        ScalarStyle.SingleQuoted => YamlStyle.SingleQuoted,
        ScalarStyle.DoubleQuoted => YamlStyle.DoubleQuoted,
        ScalarStyle.Literal => YamlStyle.Literal,
        ScalarStyle.Folded => YamlStyle.Folded,
        _ => YamlStyle.Plain,
    };

    private sealed class Refusal(YamlProblem problem) : Exception(problem.Message)
    {
        public YamlProblem Problem { get; } = problem;
    }
}
