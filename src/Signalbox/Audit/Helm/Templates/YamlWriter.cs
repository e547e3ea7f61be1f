using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Writes values as <c>toYaml</c> does: keys in order, lists at the indentation of their key.</summary>
internal sealed partial class YamlWriter
{
    private readonly StringBuilder _text = new();

    private YamlWriter()
    {
    }

    /// <returns>Without a line break at the end.</returns>
    public static string Write(object? value)
    {
        var writer = new YamlWriter();
        writer.Block(TemplateValue.Weighed(value), 0);
        return writer._text.ToString().TrimEnd('\n');
    }

    private void Block(object? value, int indent)
    {
        if (_text.Length > TemplateRun.MostCharacters) throw new TemplateException("a value is too large");
        switch (value)
        {
            case Dictionary<string, object?> { Count: > 0 } map:
                foreach (var (key, item) in TemplateValue.Sorted(map)) Entry(Scalar(key) + ":", item, indent, item is List<object?> ? indent : indent + 2);
                break;
            case List<object?> { Count: > 0 } list:
                foreach (var item in list) Item(item, indent);
                break;
            default:
                Line(Leaf(value, indent), indent);
                break;
        }
    }

    private void Entry(string head, object? value, int indent, int below)
    {
        if (IsBlock(value))
        {
            Line(head, indent);
            Block(value, below);
        }
        else
        {
            Line(head + " " + Leaf(value, indent + 2), indent);
        }
    }

    // the first line of what is in a list stands behind its dash
    private void Item(object? value, int indent)
    {
        var start = _text.Length;
        Block(value, indent + 2);
        if (_text.Length > start + indent) _text[start + indent] = '-';
    }

    private void Line(string text, int indent) => _text.Append(' ', indent).Append(text).Append('\n');

    private static bool IsBlock(object? value) => value is Dictionary<string, object?> { Count: > 0 } or List<object?> { Count: > 0 };

    private static string Leaf(object? value, int indent) => value switch
    {
        null => "null",
        Dictionary<string, object?> => "{}",
        List<object?> => "[]",
        string text when text.Contains('\n') && Literal().IsMatch(text) => "|" + (text.EndsWith('\n') ? "" : "-") + "\n" + string.Join('\n', text.TrimEnd('\n').Split('\n').Select(l => l.Length == 0 ? "" : new string(' ', indent) + l)),
        string text => Scalar(text),
        _ => TemplateValue.Text(value),
    };

    // as Go's library quotes it: a template within the value must stay one for tpl
    private static string Scalar(string text) => Unknown.IsIn(text) ? text.ReplaceLineEndings(" ")
        : text.Length == 0 || Resolved().IsMatch(text) || text.Any(char.IsControl) ? Quote(text)
        : Plain().IsMatch(text) ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A text in double quotes as JSON and Go write it.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        return quoted.Append('"').ToString();
    }

    /// <summary>A value as JSON.</summary>
    public static string Json(object? value) => Inline(TemplateValue.Weighed(value));

    private static string Inline(object? value) => value switch
    {
        null => "null",
        string text => Quote(text),
        List<object?> list => "[" + string.Join(',', list.Select(Inline)) + "]",
        Dictionary<string, object?> map => "{" + string.Join(',', TemplateValue.Sorted(map).Select(e => Quote(e.Key) + ":" + Inline(e.Value))) + "}",
        _ => TemplateValue.Text(value),
    };

    [GeneratedRegex(@"^[A-Za-z0-9_./$][A-Za-z0-9_./$@%+=~^(){}\[\];-]*(:[A-Za-z0-9_./$@-]+)*([ ][A-Za-z0-9_./$@%+=-]+)*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Plain();

    // what YAML would read as something other than text
    [GeneratedRegex(@"^([0-9.+-].*|true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Resolved();

    [GeneratedRegex(@"^[^\s][^\r\t]*$", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Literal();
}
