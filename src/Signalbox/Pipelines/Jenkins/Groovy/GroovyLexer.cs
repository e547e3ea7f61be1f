using System.Text;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Groovy;

/// <summary>Splits Groovy into tokens (groovy-lang.org, "Syntax"). It never fails: an unknown character is a sign.</summary>
internal sealed class GroovyLexer(string text, TextRange piece)
{
    private static readonly string[] s_signs =
    [
        "<=>", "===", "!==", "==~", "**=", ">>>", "<<=", ">>=", "...", "?.", "*.", ".&", ".@", "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>", "=~", "?:", "..",
    ];

    private readonly List<GroovyToken> _tokens = [];
    private int _at = piece.Start;
    private bool _spaced;

    // an interpolation without an end makes every later one in the file so
    private bool _unclosed;

    private int End => piece.End;

    public List<GroovyToken> Read()
    {
        while (_at < End)
        {
            var before = _at;
            if (!Blank()) Token();
            if (_at == before) _at++;
        }
        Add(GroovyTokenKind.End, End, "");
        return _tokens;
    }

    private void Add(GroovyTokenKind kind, int start, string value, GroovyString? literal = null)
    {
        _tokens.Add(new(kind, new(start, Math.Max(start, _at)), value, literal, _spaced));
        _spaced = false;
    }

    private bool Blank()
    {
        var c = text[_at];
        if (c == '\n') { _at++; Add(GroovyTokenKind.NewLine, _at - 1, ""); }
        else if (char.IsWhiteSpace(c)) { _at++; _spaced = true; }
        else if (c == '\\' && Next(1) is '\n' or '\r') { _at += 2; _spaced = true; }
        else if (c == '/' && Next(1) == '/' || c == '#' && Next(1) == '!' && _at == 0) { SkipTo("\n", false); _spaced = true; }
        else if (c == '/' && Next(1) == '*') { _at += 2; SkipTo("*/", true); _spaced = true; }
        else return false;
        return true;
    }

    private char Next(int ahead) => _at + ahead < End ? text[_at + ahead] : '\0';

    private void SkipTo(string sign, bool past)
    {
        var found = text.AsSpan(_at, End - _at).IndexOf(sign);
        _at = found < 0 ? End : _at + found + (past ? sign.Length : 0);
    }

    private void Token()
    {
        var c = text[_at];
        if (char.IsLetter(c) || c is '_' or '$' && !(c == '$' && Next(1) == '/' && StartsOperand())) Word(GroovyTokenKind.Name);
        else if (char.IsAsciiDigit(c)) Word(GroovyTokenKind.Number);
        else if (Quote() is { } quote) Literal(quote.Kind, quote.Open, quote.Close);
        else Sign();
    }

    private void Word(GroovyTokenKind kind)
    {
        var start = _at++;
        while (_at < End && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '$' || (kind == GroovyTokenKind.Number && text[_at] == '.' && char.IsAsciiDigit(Next(1))))) _at++;
        Add(kind, start, text[start.._at]);
    }

    private void Sign()
    {
        var rest = text.AsSpan(_at, Math.Min(3, End - _at));
        var sign = text[_at].ToString();
        foreach (var known in s_signs)
            if (rest.StartsWith(known)) { sign = known; break; }
        var start = _at;
        _at += sign.Length;
        Add(GroovyTokenKind.Sign, start, sign);
    }

    private (GroovyQuote Kind, string Open, string Close)? Quote()
    {
        var rest = text.AsSpan(_at, Math.Min(3, End - _at));
        if (rest.StartsWith("'''")) return (GroovyQuote.TripleSingle, "'''", "'''");
        if (rest.StartsWith("\"\"\"")) return (GroovyQuote.TripleDouble, "\"\"\"", "\"\"\"");
        return rest[0] switch
        {
            '\'' => (GroovyQuote.Single, "'", "'"),
            '"' => (GroovyQuote.Double, "\"", "\""),
            '$' when rest.StartsWith("$/") && StartsOperand() => (GroovyQuote.DollarSlashy, "$/", "/$"),
            '/' when StartsOperand() => (GroovyQuote.Slashy, "/", "/"),
            _ => null,
        };
    }

    /// <summary>Whether a value may stand here: a slash after a value divides.</summary>
    private bool StartsOperand() => _tokens.LastOrDefault() is not { } last || last.Kind switch
    {
        GroovyTokenKind.Name => last.Text is "return" or "in" or "case" or "assert" || (_spaced && Next(1) is not ' '),
        GroovyTokenKind.Number or GroovyTokenKind.String => false,
        GroovyTokenKind.Sign => last.Text is not (")" or "]" or "}"),
        _ => true,
    };

    private void Literal(GroovyQuote kind, string open, string close)
    {
        var start = _at;
        _at += open.Length;
        var value = new StringBuilder();
        var places = new List<int>();
        var parts = new List<GroovyInterpolation>();
        var oneLine = kind is GroovyQuote.Single or GroovyQuote.Double;
        var expands = kind is not (GroovyQuote.Single or GroovyQuote.TripleSingle);
        while (_at < End && !(oneLine && text[_at] == '\n') && string.CompareOrdinal(text, _at, close, 0, close.Length) != 0)
        {
            if (text[_at] == '\\') Escape(kind, value, places);
            else if (expands && text[_at] == '$' && Expression(oneLine) is { } expression) Interpolate(expression, value, places, parts);
            else Copy(value, places);
        }
        if (_at < End && text[_at] != '\n') _at = Math.Min(End, _at + close.Length);
        Add(GroovyTokenKind.String, start, "", new(kind, new(start, _at), value.ToString(), places, parts));
    }

    private void Copy(StringBuilder value, List<int> places)
    {
        value.Append(text[_at]);
        places.Add(_at++);
    }

    private void Escape(GroovyQuote kind, StringBuilder value, List<int> places)
    {
        var next = Next(1);
        // in slashy strings a backslash is itself, but before a slash
        if (kind is GroovyQuote.Slashy or GroovyQuote.DollarSlashy && next != '/') { Copy(value, places); return; }
        if (next == '\0') { _at++; return; }
        if (next == 'u' && _at + 6 <= End && ushort.TryParse(text.AsSpan(_at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code))
        {
            value.Append((char)code);
            places.Add(_at);
            _at += 6;
            return;
        }
        if (next is not ('\n' or '\r'))
        {
            value.Append(next switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => next });
            places.Add(_at);
        }
        _at += next == '\r' && Next(2) == '\n' ? 3 : 2;
    }

    /// <summary>The expression that begins at a dollar, and where what follows it begins; null where none does.</summary>
    private (TextRange Expression, int After)? Expression(bool oneLine)
    {
        if (Next(1) == '{') return Braced(oneLine);
        if (!char.IsLetter(Next(1)) && Next(1) != '_') return null;
        var end = _at + 1;
        while (end < End && (char.IsLetterOrDigit(text[end]) || text[end] == '_' || (text[end] == '.' && end + 1 < End && (char.IsLetter(text[end + 1]) || text[end + 1] == '_')))) end++;
        return (new(_at + 1, end), end);
    }

    private (TextRange Expression, int After)? Braced(bool oneLine)
    {
        if (_unclosed) return null;
        var depth = 0;
        var quote = '\0';
        for (var i = _at + 1; i < End; i++)
        {
            var c = text[i];
            if (c == '\n' && oneLine) return null;
            if (c == '\\') { i++; continue; }
            if (quote != '\0') { if (c == quote) quote = '\0'; }
            else if (c is '\'' or '"') quote = c;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return (new(_at + 2, i), i + 1);
        }
        _unclosed = true;
        return null;
    }

    private void Interpolate((TextRange Expression, int After) found, StringBuilder value, List<int> places, List<GroovyInterpolation> parts)
    {
        var start = value.Length;
        while (_at < found.After) Copy(value, places);
        parts.Add(new(new(start, value.Length), found.Expression));
    }
}
