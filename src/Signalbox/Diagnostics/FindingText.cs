using System.Globalization;
using System.Text;

namespace Signalbox.Diagnostics;

/// <summary>Findings for people: the line, an underline, what was expected, and a line to paste.</summary>
public static class FindingText
{
    private const int SnippetWidth = 120;

    /// <summary>Whether a stream that shows ANSI colours should get them (https://no-color.org).</summary>
    public static bool UseColour(bool terminal, string? noColor) => terminal && string.IsNullOrEmpty(noColor);

    public static string Render(IEnumerable<Finding> findings, bool colour = false)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Write(text, findings, colour);
        return text.ToString();
    }

    /// <summary>Writes the findings in order of file, line and column, an empty line between two.</summary>
    public static void Write(TextWriter to, IEnumerable<Finding> findings, bool colour = false)
    {
        var first = true;
        foreach (var finding in FindingOrder.Sort(findings))
        {
            if (!first) to.WriteLine();
            first = false;
            WriteOne(to, finding, new Palette(colour));
        }
    }

    private static void WriteOne(TextWriter to, Finding finding, Palette palette)
    {
        var gutter = finding.Locations.Max(l => l.Line > 0 ? l.Line.ToString(CultureInfo.InvariantCulture).Length : 1);
        to.WriteLine($"{palette.Severity(finding.Severity)}{Word(finding.Severity)}[{finding.Id}]{palette.Reset}: {Printable(finding.Message)}");
        for (var i = 0; i < finding.Locations.Count; i++) WriteLocation(to, finding, i, gutter, palette);
        var pad = new string(' ', gutter + 1);
        if (finding.Help is { } help) to.WriteLine($"{pad}= help: {Indented(help, pad)}");
        if (finding.HandTo is { } owner) to.WriteLine($"{pad}= hand to: {Printable(owner)}");
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static void WriteLocation(TextWriter to, Finding finding, int index, int gutter, Palette palette)
    {
        var at = finding.Locations[index];
        var pad = new string(' ', gutter);
        var place = at.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{at.Line}:{at.Column}") : "";
        to.WriteLine($"{pad}{(index == 0 ? "-->" : ":::")} {Printable(at.Path)}{place}");
        if (at is { Line: > 0, SourceLine: not null }) WriteSnippet(to, at, finding.Severity, pad, palette);
        else if (at.Annotation is { } annotation) to.WriteLine($"{pad} = {Printable(annotation)}");
    }

    private static void WriteSnippet(TextWriter to, Location at, Severity severity, string pad, Palette palette)
    {
        var (line, column) = Window(at.SourceLine!, at.Column);
        var marks = Math.Clamp(at.Length, 1, Math.Max(1, line.Length - column + 1));
        var lead = string.Create(column - 1, line, static (lead, line) =>
        {
            for (var i = 0; i < lead.Length; i++) lead[i] = i < line.Length && line[i] == '\t' ? '\t' : ' ';
        });
        var annotation = at.Annotation is { } seen ? " " + Printable(seen) : "";
        to.WriteLine($"{pad} |");
        to.WriteLine($"{at.Line.ToString(CultureInfo.InvariantCulture).PadLeft(pad.Length)} | {line}".TrimEnd());
        to.WriteLine($"{pad} | {lead}{palette.Severity(severity)}{new string('^', marks)}{annotation}{palette.Reset}".TrimEnd());
    }

    // a line of a megabyte shall not fill the terminal: show what is around the column
    private static (string Line, int Column) Window(string line, int column)
    {
        column = Math.Clamp(column, 1, line.Length + 1);
        var from = column <= SnippetWidth * 3 / 4 ? 0 : column - SnippetWidth / 2;
        var shown = line.Substring(from, Math.Min(SnippetWidth, line.Length - from));
        return from == 0
            ? (Printable(shown, keepTabs: true), column)
            : ("…" + Printable(shown, keepTabs: true), column - from + 1);
    }

    private static string Indented(string help, string pad) =>
        string.Join($"\n{pad}        ", help.Split('\n').Select(l => Printable(l)));

    /// <summary>What a file says must not steer the reader's terminal: control characters become spaces.</summary>
    internal static string Printable(string text, bool keepTabs = false)
    {
        foreach (var c in text)
            if (IsUnsafe(c)) return Cleaned(text, keepTabs);
        return text;
    }

    private static string Cleaned(string text, bool keepTabs)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text) clean.Append(IsUnsafe(c) && !(keepTabs && c == '\t') ? ' ' : c);
        return clean.ToString();
    }

    /// <summary>Whether a character steers a terminal, or makes a line read as another one: a bidirectional override (U+202A to U+202E, U+2066 to U+2069).</summary>
    internal static bool IsUnsafe(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private readonly record struct Palette(bool Colour)
    {
        public string Reset => Colour ? "\e[0m" : "";

        public string Severity(Severity severity) => Colour ? Ansi(severity) : "";

        private static string Ansi(Severity severity) => severity switch
        {
            Diagnostics.Severity.Error => "\e[1;31m",
            Diagnostics.Severity.Warning => "\e[1;33m",
            _ => "\e[1;36m",
        };
    }
}
