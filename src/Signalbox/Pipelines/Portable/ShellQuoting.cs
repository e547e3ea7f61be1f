namespace Signalbox.Pipelines.Portable;

/// <summary>How a POSIX shell reads the next character of a script (POSIX.1-2024, 2.2 Quoting and 2.7.4 Here-Document).</summary>
internal enum ShellQuote { None, Single, Double, Comment, QuotedDocument, Document }

/// <summary>Follows a script character by character; what a command substitution quotes for itself is followed, too.</summary>
internal sealed class ShellQuoting
{
    private readonly Stack<ShellQuote> _outer = new();
    private readonly Queue<(string End, bool Quoted)> _documents = new();
    private (string End, bool Quoted) _document;
    private readonly System.Text.StringBuilder _line = new();
    private char _last = '\n';
    private bool _escaped;

    public ShellQuote Now { get; private set; }

    /// <summary>Whether a variable that stands here is put in.</summary>
    public bool Expands => !_escaped && Now is ShellQuote.None or ShellQuote.Double or ShellQuote.Document;

    /// <summary>Goes past characters.</summary>
    public void Pass(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++) Pass(text[i], text[(i + 1)..]);
    }

    /// <summary>Goes past one character.</summary>
    /// <param name="rest">What follows it.</param>
    public void Pass(ReadOnlySpan<char> one, ReadOnlySpan<char> rest) => Pass(one[0], rest);

    private void Pass(char c, ReadOnlySpan<char> rest)
    {
        if (Now is ShellQuote.QuotedDocument or ShellQuote.Document) { InDocument(c); return; }
        if (_escaped) { _escaped = false; _last = c; return; }
        switch (Now)
        {
            case ShellQuote.Single: if (c == '\'') Now = Leave(); break;
            case ShellQuote.Comment: if (c == '\n') { Now = ShellQuote.None; NewLine(); } break;
            default: Open(c, rest); break;
        }
        _last = c;
    }

    private void Open(char c, ReadOnlySpan<char> rest)
    {
        if (c == '\\') _escaped = true;
        else if (c == '"' && Now == ShellQuote.Double) Now = Leave();
        else if (c == '"') Enter(ShellQuote.Double);
        else if (c == '\'' && Now == ShellQuote.None) Enter(ShellQuote.Single);
        else if (c == '(' && _last == '$') Enter(ShellQuote.None);
        else if (c == ')' && Now == ShellQuote.None && _outer.Count > 0 && _outer.Peek() == ShellQuote.Double) Now = Leave();
        else if (c == '#' && Now == ShellQuote.None && _last is ' ' or '\t' or '\n' or ';' && Now == ShellQuote.None) Now = ShellQuote.Comment;
        else if (c == '<' && _last == '<' && Now == ShellQuote.None && !rest.StartsWith("<", StringComparison.Ordinal)) Announce(rest);
        else if (c == '\n' && Now == ShellQuote.None) NewLine();
    }

    private void Enter(ShellQuote quote)
    {
        _outer.Push(Now);
        Now = quote;
    }

    private ShellQuote Leave() => _outer.TryPop(out var outer) ? outer : ShellQuote.None;

    private void Announce(ReadOnlySpan<char> rest)
    {
        var at = 0;
        while (at < rest.Length && rest[at] is '-' or ' ') at++;
        var quoted = at < rest.Length && rest[at] is '\'' or '"' or '\\';
        if (quoted) at++;
        var start = at;
        while (at < rest.Length && (char.IsAsciiLetterOrDigit(rest[at]) || rest[at] == '_')) at++;
        if (at > start) _documents.Enqueue((rest[start..at].ToString(), quoted));
    }

    private void NewLine()
    {
        if (!_documents.TryDequeue(out _document)) return;
        Now = _document.Quoted ? ShellQuote.QuotedDocument : ShellQuote.Document;
        _line.Clear();
    }

    private void InDocument(char c)
    {
        _escaped = c == '\\' && !_escaped && Now == ShellQuote.Document;
        if (c != '\n') { _line.Append(c); return; }
        _escaped = false;
        if (_line.ToString().Trim('\t') == _document.End) { Now = ShellQuote.None; NewLine(); }
        _line.Clear();
        _last = '\n';
    }
}
