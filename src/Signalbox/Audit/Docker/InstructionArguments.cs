using Signalbox.Pipelines;

namespace Signalbox.Audit.Docker;

/// <summary>The arguments of an instruction taken apart.</summary>
internal sealed class InstructionArguments
{
    private readonly Script _source;
    private readonly int _body;

    public InstructionArguments(Script source)
    {
        _source = source;
        Flags = TakeFlags(out _body);
        Exec = JsonWords.Read(source.Text, _body);
        Words = Exec is null ? Split(source.Text, _body) : [];
    }

    public IReadOnlyList<DockerWord> Flags { get; }

    public DockerWord[] Words { get; }

    public DockerWord[]? Exec { get; }

    public Script? Script => field ??= ReadScript();

    public IReadOnlyList<DockerPair> Pairs(string name) => name switch
    {
        // ENV NAME the rest: the old form has one pair
        "ENV" or "LABEL" when Words is [var first, var second, ..] && !first.Text.Contains('=') =>
            [new(first.Text, _source.Text[second.Range.Start..].Trim().Trim('"'), new(first.Range.Start, Words[^1].Range.End))],
        "ENV" or "LABEL" or "ARG" => [.. Words.Select(Pair)],
        _ => [],
    };

    private static DockerPair Pair(DockerWord word) => word.Text.IndexOf('=') is >= 0 and var at ? new(word.Text[..at], word.Text[(at + 1)..], word.Range) : new(word.Text, null, word.Range);

    private Script? ReadScript()
    {
        if (Exec is { } words)
            return words.Length == 0 ? null : new(string.Join(' ', words.Select(w => Delivery.Detection.Words.Quote(w.Text))), _ => _source.InFile(new(words[0].Range.Start, words[^1].Range.End)));
        var text = _source.Text[_body..];
        if (HereDocument.Alone(text) is { } inner)
            return IsOtherLanguage(text.AsSpan(inner.Start)) ? null : new(text[inner.Start..inner.End], piece => _source.InFile(new(_body + inner.Start + piece.Start, _body + inner.Start + piece.End)));
        return text.Length == 0 ? null : new(text, piece => _source.InFile(new(_body + piece.Start, _body + piece.End)));
    }

    // #!/usr/bin/env python: no shell reads it
    private static bool IsOtherLanguage(ReadOnlySpan<char> body) =>
        body.StartsWith("#!") && (body.IndexOf('\n') is >= 0 and var end ? body[..end] : body).TrimEnd() is var first && !first.EndsWith("sh") && !first.Contains("sh ", StringComparison.Ordinal);

    private List<DockerWord> TakeFlags(out int body)
    {
        var flags = new List<DockerWord>();
        var text = _source.Text;
        for (body = Blank(text, 0); text.AsSpan(body).StartsWith("--"); body = Blank(text, body))
        {
            var start = body;
            body = WordEnd(text, body);
            flags.Add(new(text[start..body], new(start, body)));
        }
        return flags;
    }

    private static DockerWord[] Split(string text, int at)
    {
        var words = new List<DockerWord>();
        for (at = Blank(text, at); at < text.Length; at = Blank(text, at))
        {
            var start = at;
            at = WordEnd(text, at);
            words.Add(new(Unquoted(text[start..at]), new(start, at)));
        }
        return [.. words];
    }

    private static string Unquoted(string word)
    {
        if (!word.Contains('"') && !word.Contains('\'')) return word;
        var result = new System.Text.StringBuilder();
        var quote = '\0';
        foreach (var c in word)
            if (c == quote) quote = '\0';
            else if (quote == '\0' && c is '"' or '\'') quote = c;
            else result.Append(c);
        return result.ToString();
    }

    private static int Blank(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static int WordEnd(string text, int at)
    {
        var quote = '\0';
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\\' && at + 1 < text.Length) at++;
            else if (quote != '\0') { if (c == quote) quote = '\0'; }
            else if (c is '"' or '\'') quote = c;
            else if (char.IsWhiteSpace(c)) break;
        }
        return Math.Min(at, text.Length);
    }
}
