using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions;

internal enum TokenKind { End, Name, Number, Text, Open, Close, OpenIndex, CloseIndex, Dot, Comma, Star, Not, Compare, And, Or, Invalid }

internal readonly record struct Token(TokenKind Kind, TextRange Range, string Value = "", double Number = 0);

/// <summary>Splits an expression into tokens; a fenced one ends with <c>}}</c>, a bare one with the text.</summary>
internal sealed class ExpressionLexer(string text, int start, bool fenced)
{
    private int _at = start;

    /// <summary>After the closing braces, once the end was read.</summary>
    public int Position => _at;

    public Token Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
        if (_at >= text.Length) return new(fenced ? TokenKind.Invalid : TokenKind.End, new(_at, _at), "the end: }} is missing");
        var c = text[_at];
        if (fenced && c == '}') return Closing();
        if (char.IsAsciiLetter(c) || c == '_') return Name();
        if (char.IsAsciiDigit(c) || c is '-' or '+' || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))) return Number();
        return c == '\'' ? Text() : Sign(c);
    }

    private Token Closing()
    {
        if (_at + 1 >= text.Length || text[_at + 1] != '}') return Take(TokenKind.Invalid, 1, "}");
        _at += 2;
        return new(TokenKind.End, new(_at - 2, _at));
    }

    private Token Name()
    {
        var from = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-')) _at++;
        return new(TokenKind.Name, new(from, _at), text[from.._at]);
    }

    private Token Number()
    {
        var from = _at;
        if (text[_at] is '-' or '+') _at++;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '.' || (text[_at] is '-' or '+' && text[_at - 1] is 'e' or 'E'))) _at++;
        var word = text[from.._at];
        return Value(word) is { } number ? new(TokenKind.Number, new(from, _at), word, number) : new(TokenKind.Invalid, new(from, Math.Max(_at, from + 1)), word);
    }

    private static double? Value(string word)
    {
        if (word.Length == 0 || word[0] == '+') return null;
        var digits = word.AsSpan(word[0] == '-' ? 1 : 0);
        if (digits.StartsWith("0x")) return long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1])) return null;
        return digits.Length > 0 && char.IsAsciiDigit(digits[^1]) && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private Token Text()
    {
        var from = _at++;
        var value = new System.Text.StringBuilder();
        while (_at < text.Length)
        {
            if (text[_at] != '\'') value.Append(text[_at++]);
            else if (_at + 1 < text.Length && text[_at + 1] == '\'') { value.Append('\''); _at += 2; }
            else { _at++; return new(TokenKind.Text, new(from, _at), value.ToString()); }
        }
        return new(TokenKind.Invalid, new(from, _at), "a text that is not closed");
    }

    private Token Sign(char c)
    {
        var next = _at + 1 < text.Length ? text[_at + 1] : '\0';
        return (c, next) switch
        {
            ('(', _) => Take(TokenKind.Open, 1),
            (')', _) => Take(TokenKind.Close, 1),
            ('[', _) => Take(TokenKind.OpenIndex, 1),
            (']', _) => Take(TokenKind.CloseIndex, 1),
            ('.', _) => Take(TokenKind.Dot, 1),
            (',', _) => Take(TokenKind.Comma, 1),
            ('*', _) => Take(TokenKind.Star, 1),
            ('=', '=') => Take(TokenKind.Compare, 2, "=="),
            ('!', '=') => Take(TokenKind.Compare, 2, "!="),
            ('<', '=') => Take(TokenKind.Compare, 2, "<="),
            ('>', '=') => Take(TokenKind.Compare, 2, ">="),
            ('<', _) => Take(TokenKind.Compare, 1, "<"),
            ('>', _) => Take(TokenKind.Compare, 1, ">"),
            ('!', _) => Take(TokenKind.Not, 1),
            ('&', '&') => Take(TokenKind.And, 2),
            ('|', '|') => Take(TokenKind.Or, 2),
            _ => Take(TokenKind.Invalid, 1, c.ToString()),
        };
    }

    private Token Take(TokenKind kind, int length, string value = "")
    {
        _at += length;
        return new(kind, new(_at - length, _at), value);
    }
}
