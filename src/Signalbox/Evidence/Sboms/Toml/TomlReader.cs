using System.Globalization;
using System.Text;

namespace Signalbox.Evidence.Sboms.Toml;

/// <summary>
/// Reads TOML 1.0 (toml.io) as far as lockfiles and manifests need it: tables, arrays of tables, dotted keys, all strings,
/// arrays and inline tables. Numbers, dates and booleans stay text and are not checked.
/// </summary>
internal sealed class TomlReader
{
    private const int MostDepth = 64;
    private const int MostValues = 2_000_000;
    private readonly string _text;
    private int _at;
    private int _values;

    private TomlReader(string text) => _text = text;

    /// <exception cref="LockRefusedException">It is no TOML, or nested deeper than 64.</exception>
    public static TomlTable Read(string text) => new TomlReader(text).ReadDocument();

    private TomlTable ReadDocument()
    {
        var root = new TomlTable { IsDefined = true };
        var table = root;
        while (SkipLines())
        {
            if (_text[_at] == '[') table = Header(root);
            else KeyAndValue(table, 0);
            EndLine();
        }
        return root;
    }

    private TomlTable Header(TomlTable root)
    {
        var isList = Peek(1) == '[';
        _at += isList ? 2 : 1;
        var path = Key();
        Expect(']');
        if (isList) Expect(']');
        var table = root;
        for (var i = 0; i < path.Count - 1; i++) table = Within(table, path[i]);
        return isList ? Element(table, path[^1]) : Defined(table, path[^1]);
    }

    /// <summary>The table that a part of a header names: of an array of tables the last.</summary>
    private TomlTable Within(TomlTable table, string key)
    {
        if (table.Value(key) is null) table.Add(key, Counted(new TomlTable()));
        return table.Value(key) switch
        {
            TomlTable inner => inner,
            List<object> and [.., TomlTable last] => last,
            _ => throw Bad($"'{LockGraph.Shown(key)}' is no table"),
        };
    }

    private TomlTable Element(TomlTable table, string key)
    {
        if (table.Value(key) is null) table.Add(key, new List<object>());
        if (table.Value(key) is not List<object> list) throw Bad($"'{LockGraph.Shown(key)}' is no array of tables");
        var element = Counted(new TomlTable { IsDefined = true });
        list.Add(element);
        return element;
    }

    private TomlTable Defined(TomlTable table, string key)
    {
        var inner = Within(table, key);
        if (inner.IsDefined) throw Bad($"the table '{LockGraph.Shown(key)}' is there twice");
        inner.IsDefined = true;
        return inner;
    }

    private void KeyAndValue(TomlTable table, int depth)
    {
        var path = Key();
        Expect('=');
        for (var i = 0; i < path.Count - 1; i++) table = Within(table, path[i]);
        if (!table.Add(path[^1], Value(depth))) throw Bad($"the key '{LockGraph.Shown(path[^1])}' is there twice");
    }

    private List<string> Key()
    {
        var path = new List<string>();
        do
        {
            SkipSpace();
            path.Add(Peek() is '"' or '\'' ? Quoted() : Bare());
            SkipSpace();
            if (path.Count > MostDepth) throw Bad("a key has too many parts");
        }
        while (Take('.'));
        return path;
    }

    private string Bare()
    {
        var start = _at;
        while (Peek() is '_' or '-' || char.IsAsciiLetterOrDigit(Peek())) _at++;
        return _at > start ? _text[start.._at] : throw Bad("expected a key");
    }

    private object Value(int depth)
    {
        if (depth > MostDepth) throw Bad("values lie too deep within each other");
        SkipSpace();
        return Counted<object>(Peek() switch
        {
            '"' or '\'' => Quoted(),
            '[' => Array(depth),
            '{' => Inline(depth),
            _ => Word(),
        });
    }

    private List<object> Array(int depth)
    {
        var list = new List<object>();
        Expect('[');
        while (SkipLines() && Peek() != ']')
        {
            list.Add(Value(depth + 1));
            SkipLines();
            if (!Take(',')) break;
        }
        SkipLines();
        Expect(']');
        return list;
    }

    private TomlTable Inline(int depth)
    {
        var table = new TomlTable { IsDefined = true };
        Expect('{');
        while (SkipLines() && Peek() != '}')
        {
            KeyAndValue(table, depth + 1);
            SkipLines();
            if (!Take(',')) break;
        }
        SkipLines();
        Expect('}');
        return table;
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && _text[_at] is not (',' or ']' or '}' or '#' or '\n' or '\r')) _at++;
        var word = _text[start.._at].TrimEnd();
        return word.Length > 0 ? word : throw Bad("expected a value");
    }

    private string Quoted()
    {
        var quote = Peek();
        if (Peek(1) == quote && Peek(2) == quote) return Long(quote);
        _at++;
        var text = new StringBuilder();
        while (Peek() != quote)
        {
            if (_at >= _text.Length || Peek() == '\n') throw Bad("a text does not end");
            Character(text, quote);
        }
        _at++;
        return text.ToString();
    }

    private string Long(char quote)
    {
        _at += 3;
        Take('\r');
        Take('\n');
        var text = new StringBuilder();
        while (!(Peek() == quote && Peek(1) == quote && Peek(2) == quote))
        {
            if (_at >= _text.Length) throw Bad("a text does not end");
            Character(text, quote);
        }
        // one or two quotes may stand just before the end
        for (var i = 0; i < 2 && Peek(3) == quote; i++) text.Append(_text[_at++]);
        _at += 3;
        return text.ToString();
    }

    private void Character(StringBuilder text, char quote)
    {
        if (Peek() != '\\' || quote == '\'') text.Append(_text[_at++]);
        else Escape(text);
    }

    private void Escape(StringBuilder text)
    {
        var c = Peek(1);
        _at += 2;
        switch (c)
        {
            case 'b': text.Append('\b'); break;
            case 't': text.Append('\t'); break;
            case 'n': text.Append('\n'); break;
            case 'f': text.Append('\f'); break;
            case 'r': text.Append('\r'); break;
            case 'e': text.Append('\u001b'); break;
            case '"' or '\\': text.Append(c); break;
            case 'u': CodePoint(text, 4); break;
            case 'U': CodePoint(text, 8); break;
            // a line that ends with a backslash goes on where the next text is
            case '\n' or '\r' or ' ' or '\t':
                while (Peek() is ' ' or '\t' or '\r' or '\n') _at++;
                break;
            default: throw Bad("an escape is not understood");
        }
    }

    private void CodePoint(StringBuilder text, int digits)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point) || !Rune.TryCreate(point, out var rune))
            throw Bad("an escape is no character");
        text.Append(rune.ToString());
        _at += digits;
    }

    /// <summary>Goes to the next text that is no comment; false at the end.</summary>
    private bool SkipLines()
    {
        while (_at < _text.Length)
            if (_text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
            else if (_text[_at] == '#') SkipComment();
            else return true;
        return false;
    }

    private void EndLine()
    {
        SkipSpace();
        if (Peek() == '#') SkipComment();
        Take('\r');
        if (_at < _text.Length && !Take('\n')) throw Bad("expected the end of the line");
    }

    private void SkipComment()
    {
        var end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t') _at++;
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private bool Take(char c)
    {
        if (Peek() != c) return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        SkipSpace();
        if (!Take(c)) throw Bad($"expected '{c}'");
    }

    private T Counted<T>(T value) => ++_values <= MostValues ? value : throw Bad("there are too many values");

    private LockRefusedException Bad(string what) => new($"it is not TOML as it should be, at line {_text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n') + 1}: {what}");
}
