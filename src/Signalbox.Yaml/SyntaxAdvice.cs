namespace Signalbox.Yaml;

/// <summary>What the parser expected, and the line as it could be, for the mistakes that people make most.</summary>
internal static class SyntaxAdvice
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    /// <param name="message">The parser's own.</param>
    /// <param name="line">The line it stands at; null where there is none.</param>
    /// <param name="column">Where in it, from 1.</param>
    /// <returns>What was expected, and a line to paste where one can be told.</returns>
    public static (string Expected, string? Help) Of(string message, string? line, int column)
    {
        var text = line?.Trim() ?? "";
        return message switch
        {
            _ when message.Contains("flow sequence", Ordinal) => ("expected ',' or the closing ']' of the list", Closed(line, column, ']')),
            _ when message.Contains("flow mapping", Ordinal) => ("expected ',' or the closing '}' of the mapping", Closed(line, column, '}')),
            _ when message.Contains("quoted scalar", Ordinal) && message.Contains("end of stream", Ordinal) => ("expected the closing quote", Quoted(text)),
            _ when message.Contains("apping", Ordinal) && (message.Contains("not allowed", Ordinal) || message.Contains("invalid mapping", Ordinal)) =>
                ("expected one 'key: value' in a line, a value with ': ' in it within quotes", OneValue(text)),
            _ when message.Contains("cannot start any token", Ordinal) => ("expected a value that begins with '@' or '`' within quotes", OneValue(text)),
            _ when message.Contains("expected ':'", Ordinal) => ("expected 'key: value'", KeyValue(text)),
            _ when message.Contains("block mapping", Ordinal) => ("expected 'key: value', as far to the right as the keys before it", KeyValue(text)),
            _ when message.Contains("block collection", Ordinal) => ("expected '- item', as far to the right as the items before it", null),
            _ => ("expected YAML 1.2", null),
        };
    }

    private static string? Closed(string? line, int column, char close)
    {
        if (string.IsNullOrWhiteSpace(line)) return null;
        var at = Math.Clamp(column - 1, 0, line.Length);
        if (at > 0 && at < line.Length && line[at - 1] == '$' && line[at] is '[' or '{') return Expression(line, at);
        return (line[..at].TrimEnd(' ', ',') + close + (at < line.Length ? " " + line[at..].TrimStart() : "")).Trim();
    }

    // within brackets or braces a platform's expression must be quoted
    private static string? Expression(string line, int at)
    {
        var close = line[at] == '[' ? "]" : "}}";
        var end = line.IndexOf(close, at, Ordinal);
        if (end < 0) return null;
        for (end += close.Length; end < line.Length && line[end] is not (',' or ']' or '}'); end++) { }
        var start = Math.Max(Math.Max(line.LastIndexOf(": ", at, Ordinal) + 1, line.LastIndexOf(',', at) + 1), line.LastIndexOfAny(['[', '{'], at - 1) + 1);
        var value = line[start..end].Trim();
        return value.Contains('"', Ordinal) ? null : $"{line[..start].TrimEnd()} \"{value}\"{line[end..]}".Trim();
    }

    private static string? KeyValue(string text) => text.Length is > 0 and < 60 && !text.Contains(':', Ordinal) ? $"{text}: value" : null;

    private static string? Quoted(string text)
    {
        var at = text.IndexOfAny(['"', '\'']);
        return at < 0 ? null : text + text[at];
    }

    private static string? OneValue(string text)
    {
        var at = text.IndexOf(": ", Ordinal);
        return at < 0 || text.Contains('"', Ordinal) ? null : $"{text[..at]}: \"{text[(at + 2)..]}\"";
    }
}
