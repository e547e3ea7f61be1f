using System.Text;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>Groovy that is yet to be written: lines with their depth.</summary>
internal sealed class GroovyOut
{
    private readonly StringBuilder _out = new();
    private int _depth;

    public override string ToString() => _out.ToString();

    public void Line(string text) => _out.Append(' ', text.Length == 0 ? 0 : _depth * 2).Append(text).Append('\n');

    /// <summary>Groovy that was read; texts of several lines in it keep their indentation.</summary>
    public void Lines(string text)
    {
        var raw = text.Contains("'''", StringComparison.Ordinal) || text.Contains("\"\"\"", StringComparison.Ordinal);
        foreach (var (line, i) in text.Split('\n').Select((l, i) => (l, i)))
            if (raw && i > 0) _out.Append(line).Append('\n');
            else Line(line.TrimEnd());
    }

    /// <summary>Later lines without the indentation of the place; texts of several lines keep theirs.</summary>
    public static string Dedented(string piece)
    {
        var lines = piece.ReplaceLineEndings("\n").Split('\n');
        if (lines.Length == 1 || piece.Contains("'''", StringComparison.Ordinal) || piece.Contains("\"\"\"", StringComparison.Ordinal)) return piece;
        var indent = lines.Skip(1).Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart(' ').Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select((l, i) => i == 0 ? l.TrimEnd() : l.Length >= indent ? l[indent..].TrimEnd() : ""));
    }

    public void Comment(string text) => Line($"// {OneLine(text)}");

    public void Block(string head, Action body)
    {
        Line($"{head} {{");
        _depth++;
        body();
        _depth--;
        Line("}");
    }

    /// <summary>A step with a script of several lines: indented where that means nothing to the shell.</summary>
    /// <param name="interpreted">Whether its first line names the interpreter.</param>
    public void Script(string step, string text, bool interpreted = false)
    {
        if (!text.Contains('\n')) { Line($"{step} {Quoted(text)}"); return; }
        var lines = ShellText.Lines(text);
        if (lines is null)
        {
            // what names an interpreter must be the first line
            _out.Append(' ', _depth * 2).Append($"{step} '''{(interpreted ? "" : "\n")}");
            foreach (var line in text.Split('\n')) _out.Append(Escaped(line, true)).Append('\n');
            _out.Append("'''\n");
            return;
        }
        Line($"{step} '''");
        foreach (var line in lines) _out.Append(' ', (_depth * 2) + 2).Append(Escaped(line, true)).Append('\n');
        _out.Append(' ', _depth * 2).Append("'''\n");
    }

    /// <summary>A string in which Groovy puts nothing in.</summary>
    public static string Quoted(string text) => $"'{Escaped(text, false)}'";

    /// <summary>A value: references are read from the environment.</summary>
    /// <param name="variable">The variable of a reference.</param>
    public static string Value(PortableText text, Func<PortableReference, string> variable) => text.IsLiteral
        ? Quoted(text.Literal!)
        : $"\"{text.Render(l => Escaped(l, false).Replace("\\'", "'", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal), r => $"${{{variable(r)}}}")}\"";

    private static string Escaped(string text, bool triple)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(c switch
            {
                '\\' => "\\\\",
                '\'' => "\\'",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => triple ? "\t" : "\\t",
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        return escaped.ToString();
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\\' ? ' ' : c));
}
