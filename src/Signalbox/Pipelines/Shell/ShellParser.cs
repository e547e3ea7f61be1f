using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Signalbox.Pipelines.Shell;

/// <summary>Reads a script from left to right, once.</summary>
internal sealed class ShellParser(string text)
{
    // deeper substitutions are taken as text, so that hostile nesting cannot exhaust the stack
    private const int DeepestSubstitution = 24;

    // what ends a word, quotes, escapes or expands; all else is copied as it is
    private static readonly SearchValues<char> s_signs = SearchValues.Create(" \t\n\r;|&()<>'\"\\$`");
    private static readonly SearchValues<char> s_quotedSigns = SearchValues.Create("\"\\$`<");

    private readonly List<ShellCommand> _commands = [];
    private readonly List<(string Word, bool Tabs, int Command)> _hereDocuments = [];
    private readonly Stack<StringBuilder> _builders = [];
    private int _at;

    public ImmutableArray<ShellCommand> Parse()
    {
        Commands(0, '\0');
        return [.. _commands.OrderBy(c => c.Range.Start).ThenBy(c => c.Depth)];
    }

    /// <summary>Reads commands up to a closing character, which it leaves unread.</summary>
    private List<ShellCommand> Commands(int depth, char close)
    {
        var found = new List<ShellCommand>();
        while (_at < text.Length && text[_at] != close)
        {
            var before = _at;
            if (Command(depth, close) is { } command) found.Add(command);
            if (_at == before) _at++;
        }
        return found;
    }

    private ShellCommand? Command(int depth, char close)
    {
        var words = ImmutableArray.CreateBuilder<ShellWord>();
        List<ShellRedirect>? redirects = null;
        var here = _hereDocuments.Count;
        var link = ShellLink.End;
        SkipBlank();
        var (start, end) = (_at, _at);
        while (_at < text.Length && text[_at] != close && (text[_at] != ')' || close != '\0'))
        {
            if (Link() is { } ends) { link = ends; break; }
            if (!Redirect(depth, ref redirects)) words.Add(Word(depth));
            end = _at;
            SkipBlank();
        }
        if (_at < text.Length && text[_at] == ')' && close == '\0') _at++;
        if (words.Count == 0 && redirects is null) { if (link == ShellLink.Next) HereDocuments(); return null; }
        var command = new ShellCommand(words.DrainToImmutable(), new(start, end), link, redirects is null ? [] : [.. redirects], null, depth);
        for (var i = here; i < _hereDocuments.Count; i++) _hereDocuments[i] = _hereDocuments[i] with { Command = _commands.Count };
        _commands.Add(command);
        if (link == ShellLink.Next && text[_at - 1] == '\n') HereDocuments();
        return _commands[^1].Range == command.Range ? _commands[^1] : command;
    }

    /// <summary>Reads what ends a command, if it stands here.</summary>
    private ShellLink? Link()
    {
        var next = _at + 1 < text.Length ? text[_at + 1] : '\0';
        var (link, length) = (text[_at], next) switch
        {
            ('\n', _) => (ShellLink.Next, 1),
            (';', ';') => (ShellLink.Next, 2),
            (';', _) => (ShellLink.Next, 1),
            ('&', '&') => (ShellLink.And, 2),
            ('&', '>') => ((ShellLink?)null, 0),
            ('&', _) => (ShellLink.Background, 1),
            ('|', '|') => (ShellLink.Or, 2),
            ('|', '&') => (ShellLink.Pipe, 2),
            ('|', _) => (ShellLink.Pipe, 1),
            ('(', _) => (ShellLink.Next, 1),
            _ => (null, 0),
        };
        _at += length;
        return link;
    }

    private void SkipBlank()
    {
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is ' ' or '\t' or '\r') _at++;
            else if (c is '\\' or '`' && _at + 1 < text.Length && text[_at + 1] is '\n' or '\r' && (c == '\\' || text[_at + 1] == '\n')) _at += text[_at + 1] == '\r' ? 3 : 2;
            else if (c == '#' && (_at == 0 || char.IsWhiteSpace(text[_at - 1]) || text[_at - 1] is ';' or '(' or '&' or '|')) SkipComment();
            else return;
        }
    }

    private void SkipComment()
    {
        var end = text.IndexOf('\n', _at);
        _at = end < 0 ? text.Length : end;
    }

    /// <returns>Whether there was one.</returns>
    private bool Redirect(int depth, ref List<ShellRedirect>? redirects)
    {
        var at = _at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at < text.Length && text[at] == '&' && at == _at) at++;
        if (at >= text.Length || text[at] is not ('<' or '>')) return false;
        if (text[at] == '<' && at + 1 < text.Length && text[at + 1] == '(') return false;
        var from = _at;
        while (at < text.Length && text[at] is '<' or '>' or '&' or '|' or '-' && at - from < 4 && (text[at] != '-' || text[at - 1] == '<')) at++;
        var name = text[from..at];
        _at = at;
        while (_at < text.Length && text[_at] is ' ' or '\t') _at++;
        if (_at >= text.Length || text[_at] is '\n' or ';' or '|' or ')') return true;
        var target = Word(depth);
        (redirects ??= []).Add(new(name, target));
        if (name is "<<" or "<<-") _hereDocuments.Add((target.Text, name == "<<-", -1));
        return true;
    }

    private void HereDocuments()
    {
        foreach (var (word, tabs, command) in _hereDocuments)
        {
            var start = _at;
            var end = _at;
            while (_at < text.Length)
            {
                var line = text.AsSpan(_at);
                var length = line.IndexOf('\n');
                line = length < 0 ? line : line[..length];
                end = _at;
                _at += length < 0 ? line.Length : length + 1;
                if ((tabs ? line.TrimStart('\t') : line).TrimEnd('\r').SequenceEqual(word)) break;
                end = _at;
            }
            if (command >= 0) _commands[command] = _commands[command] with { HereDocument = new(start, end) };
        }
        _hereDocuments.Clear();
    }

    private ShellWord Word(int depth)
    {
        var start = _at;
        _at += Run(s_signs);
        if (_at > start && (_at == text.Length || EndsWord())) return new(text[start.._at], new(start, _at), false, []);
        _at = start;
        // substitutions within the word need builders of their own
        var value = _builders.TryPop(out var free) ? free : new StringBuilder();
        List<ShellCommand>? nested = null;
        while (_at < text.Length && !EndsWord())
        {
            switch (text[_at])
            {
                case '\'': Single(value); break;
                case '"': Double(value, ref nested, depth); break;
                case '\\': Escape(value); break;
                default: Piece(value, ref nested, depth, s_signs); break;
            }
        }
        // a character that can begin nothing still is a word, or reading would stand still
        if (_at == start) value.Append(text[_at++]);
        var word = new ShellWord(value.ToString(), new(start, _at), text[start] is '\'' or '"', nested ?? []);
        _builders.Push(value.Clear());
        return word;
    }

    /// <summary>How many characters come before the next of some signs.</summary>
    private int Run(SearchValues<char> signs)
    {
        var rest = text.AsSpan(_at);
        var length = rest.IndexOfAny(signs);
        return length < 0 ? rest.Length : length;
    }

    private bool EndsWord() => text[_at] switch
    {
        ' ' or '\t' or '\n' or '\r' or ';' or '|' or '&' or '(' or ')' or '>' => true,
        '<' => _at + 1 >= text.Length || text[_at + 1] != '(',
        _ => false,
    };

    private void Single(StringBuilder value)
    {
        var end = text.IndexOf('\'', _at + 1);
        var stop = end < 0 ? text.Length : end;
        value.Append(text, _at + 1, stop - _at - 1);
        _at = Math.Min(text.Length, stop + 1);
    }

    private void Double(StringBuilder value, ref List<ShellCommand>? nested, int depth)
    {
        for (_at++; _at < text.Length && text[_at] != '"';)
            if (text[_at] == '\\') Escape(value);
            else Piece(value, ref nested, depth, s_quotedSigns);
        _at = Math.Min(text.Length, _at + 1);
    }

    private void Escape(StringBuilder value)
    {
        if (_at + 1 < text.Length && text[_at + 1] != '\n') value.Append(text[_at + 1]);
        _at = Math.Min(text.Length, _at + 2);
    }

    /// <summary>Text up to the next sign, or an expansion as a whole: <c>${{ … }}</c> may hold anything, <c>${…}</c> and <c>$(…)</c> nest.</summary>
    private void Piece(StringBuilder value, ref List<ShellCommand>? nested, int depth, SearchValues<char> signs)
    {
        var rest = text.AsSpan(_at);
        if (rest.StartsWith("${{")) Copy(value, Closing("}}", ref _expressionEnd) is >= 0 and var end ? end + 2 - _at : 3);
        else if (rest.StartsWith("$((")) Copy(value, Closing("))", ref _arithmeticEnd) is >= 0 and var end ? end + 2 - _at : 3);
        else if (rest.StartsWith("$(") || rest.StartsWith("<(")) Substitution(value, ref nested, depth, 2, ')');
        else if (rest.StartsWith("${")) Copy(value, Closing("}", ref _braceEnd) is >= 0 and var end ? end + 1 - _at : 2);
        else if (rest[0] == '`' && Closing("`", ref _tickEnd) > _at) Substitution(value, ref nested, depth, 1, '`');
        else
        {
            Copy(value, 1);
            Copy(value, Run(signs));
        }
    }

    private int _expressionEnd, _arithmeticEnd, _braceEnd, _tickEnd;

    /// <summary>Where a closing sign next stands. What was found is kept: a text full of openings is still read in one pass.</summary>
    private int Closing(string sign, ref int known)
    {
        if (known >= 0 && known <= _at) known = text.IndexOf(sign, _at + 1, StringComparison.Ordinal);
        return known;
    }

    private void Substitution(StringBuilder value, ref List<ShellCommand>? nested, int depth, int open, char close)
    {
        var from = _at;
        _at += open;
        if (depth < DeepestSubstitution) (nested ??= []).AddRange(Commands(depth + 1, close));
        else _at = text.Length;
        _at = Math.Min(text.Length, _at + 1);
        value.Append(text, from, _at - from);
    }

    private void Copy(StringBuilder value, int length)
    {
        value.Append(text, _at, length);
        _at += length;
    }
}
