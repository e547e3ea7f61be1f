namespace Signalbox.Yaml;

/// <summary>Finds where a character of a scalar's value stands in the file, whatever the scalar's style.</summary>
public static class YamlPosition
{
    /// <param name="index">An index into <see cref="YamlScalar.Value"/>, or its length for the end.</param>
    /// <returns>The index in the text. Where a value was folded or escaped it is the nearest place before.</returns>
    public static int InText(YamlText text, YamlScalar scalar, int index) => scalar.Style switch
    {
        YamlStyle.Literal => InLiteral(text.Content, scalar, index),
        YamlStyle.Plain when scalar.Value.Length == scalar.Range.Length => scalar.Range.Start + index,
        YamlStyle.SingleQuoted or YamlStyle.DoubleQuoted when scalar.Value.Length == scalar.Range.Length - 2 => scalar.Range.Start + 1 + index,
        _ => Walk(text.Content, scalar, index),
    };

    /// <summary>The piece of the text that a piece of the value was written as.</summary>
    public static TextRange InText(YamlText text, YamlScalar scalar, TextRange piece)
    {
        var start = InText(text, scalar, piece.Start);
        var end = piece.Length > 0 ? InText(text, scalar, piece.End - 1) + 1 : start;
        return new(start, Math.Max(start, end));
    }

    private static int InLiteral(string text, YamlScalar scalar, int index)
    {
        var at = AfterLine(text, scalar.Range.Start);
        var indent = BlockIndent(text, at, scalar.Range.End);
        var value = scalar.Value;
        for (var line = 0; ;)
        {
            at += Indentation(text, at, indent);
            var end = value.IndexOf('\n', line);
            // a break of YAML 1.1's own (NEL, LS, PS) is none here, so that lines of the value may be longer than the text's
            if (end < 0 || index <= end || at + end - line >= text.Length) return Math.Min(at + index - line, text.Length);
            at = AfterLine(text, at + end - line);
            line = end + 1;
            if (line > value.Length || at >= text.Length) return Math.Min(at, text.Length);
        }
    }

    // the first line that is not blank sets the indentation (YAML 1.2, 8.1.1.1)
    private static int BlockIndent(string text, int at, int end)
    {
        while (at < end)
        {
            var spaces = Indentation(text, at, int.MaxValue);
            if (at + spaces < end && text[at + spaces] is not ('\n' or '\r')) return spaces;
            at = AfterLine(text, at);
        }
        return 0;
    }

    private static int Indentation(string text, int at, int most)
    {
        var spaces = 0;
        while (spaces < most && at + spaces < text.Length && text[at + spaces] == ' ') spaces++;
        return spaces;
    }

    private static int AfterLine(string text, int at)
    {
        var end = text.AsSpan(at).IndexOf('\n');
        return end < 0 ? text.Length : at + end + 1;
    }

    /// <summary>Matches value and text character by character: white space stands for white space, an escape for what it means.</summary>
    private static int Walk(string text, YamlScalar scalar, int index)
    {
        var (at, end) = (scalar.Range.Start, scalar.Range.End);
        if (scalar.Style is YamlStyle.SingleQuoted or YamlStyle.DoubleQuoted) at++;
        else if (scalar.Style == YamlStyle.Folded) at = AfterLine(text, at);
        for (var i = 0; i <= index && at < end; i++)
        {
            while (at < end && IsLayout(text[at]) && (i >= scalar.Value.Length || !IsLayout(scalar.Value[i]))) at++;
            if (i == index) break;
            at = Step(text, at, scalar.Style, scalar.Value[i]);
        }
        return Math.Min(at, end);
    }

    private static int Step(string text, int at, YamlStyle style, char value) => (style, text[at]) switch
    {
        (YamlStyle.SingleQuoted, '\'') => at + 2,
        (YamlStyle.DoubleQuoted, '\\') => at + EscapeLength(text, at),
        var (_, c) when IsLayout(c) && value == ' ' && c != ' ' => at + 1 + Leading(text, at + 1),
        _ => at + 1,
    };

    private static int Leading(string text, int at)
    {
        var from = at;
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at - from;
    }

    // YAML 1.2, 5.7: \x2 \u4 \U8 digits; an escaped break swallows the next line's indentation
    private static int EscapeLength(string text, int at) => at + 1 >= text.Length ? 1 : text[at + 1] switch
    {
        'x' => 4,
        'u' => 6,
        'U' => 10,
        _ => 2,
    };

    private static bool IsLayout(char c) => c is ' ' or '\t' or '\n' or '\r';
}
