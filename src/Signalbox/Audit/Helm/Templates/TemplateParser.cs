using Signalbox.Yaml;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Parses a Go template: pkg.go.dev/text/template.</summary>
internal sealed class TemplateParser
{
    // deeper than any chart nests its blocks; the parser calls itself
    private const int Deepest = 100;

    private readonly string _text;
    private readonly TemplateWords _words;
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _defines = new(StringComparer.Ordinal);
    private bool _trims;

    private TemplateParser(string text)
    {
        _text = text;
        _words = new(text);
    }

    /// <exception cref="TemplateException">It is no template.</exception>
    public static ParsedTemplate Parse(string text)
    {
        var parser = new TemplateParser(text);
        var (nodes, end) = parser.Body(0);
        return end.Length == 0 ? new(nodes, parser._defines) : throw parser._words.Error($"'{end}' closes nothing");
    }

    /// <summary>Reads up to what ends the block.</summary>
    /// <returns>The word that ended it; its action is open after <c>else</c> and closed after <c>end</c>, empty at the end of the text.</returns>
    private (List<TemplateNode> Nodes, string End) Body(int depth)
    {
        if (depth > Deepest) throw _words.Error("blocks lie too deep");
        var nodes = new List<TemplateNode>();
        while (true)
        {
            var open = _text.IndexOf("{{", _words.At, StringComparison.Ordinal);
            Text(nodes, _words.At, open < 0 ? _text.Length : open);
            if (open < 0)
            {
                _words.At = _text.Length;
                return (nodes, "");
            }
            _words.At = open + 2;
            if (_words.TrimsBefore()) _words.At++;
            if (_words.Comment())
            {
                Close();
                continue;
            }
            var word = _words.Keyword();
            if (word == "end") Close();
            if (word is "end" or "else") return (nodes, word);
            Action(nodes, open, word, depth);
        }
    }

    private void Text(List<TemplateNode> nodes, int start, int end)
    {
        var trimsEnd = end < _text.Length && end + 3 < _text.Length && _text[end + 2] == '-' && char.IsWhiteSpace(_text[end + 3]);
        if (_trims)
            while (start < end && char.IsWhiteSpace(_text[start])) start++;
        if (trimsEnd)
            while (end > start && char.IsWhiteSpace(_text[end - 1])) end--;
        _trims = false;
        if (end > start) nodes.Add(new TextPiece(new(start, end), _text[start..end]));
    }

    private void Action(List<TemplateNode> nodes, int open, string word, int depth)
    {
        switch (word)
        {
            case "if" or "with" or "range":
                nodes.Add(BranchOf(open, word, depth));
                break;
            case "define" or "block":
                Define(nodes, open, word == "block", depth);
                break;
            case "template":
                var name = _words.Quoted();
                var argument = _words.Ends ? null : _words.Pipe();
                nodes.Add(new Invocation(new(open, Close()), name, argument));
                break;
            case "break" or "continue":
                nodes.Add(new LoopExit(new(open, Close()), word == "break"));
                break;
            default:
                var pipe = _words.Pipe();
                nodes.Add(new ValueAction(new(open, Close()), pipe));
                break;
        }
    }

    private Branch BranchOf(int open, string word, int depth)
    {
        var kind = word switch { "if" => BranchKind.If, "with" => BranchKind.With, _ => BranchKind.Range };
        var pipe = _words.Pipe();
        var closed = Close();
        var (body, end) = Body(depth + 1);
        IReadOnlyList<TemplateNode> other = [];
        if (end == "else")
        {
            var next = _words.Keyword();
            if (next is "if" or "with") return new(new(open, closed), kind, pipe, body, [BranchOf(open, next, depth + 1)]);
            Close();
            (other, end) = Body(depth + 1);
        }
        return end == "end" ? new(new(open, closed), kind, pipe, body, other) : throw _words.Error($"'{word}' has no end");
    }

    private void Define(List<TemplateNode> nodes, int open, bool runs, int depth)
    {
        var name = _words.Quoted();
        var argument = runs ? _words.Pipe() : null;
        var range = new TextRange(open, Close());
        var (body, end) = Body(depth + 1);
        if (end != "end") throw _words.Error($"template \"{name}\" has no end");
        _defines[name] = body;
        if (runs) nodes.Add(new Invocation(range, name, argument));
    }

    /// <summary>Goes past the end of the action.</summary>
    private int Close()
    {
        _trims = _words.Close();
        return _words.At;
    }
}
