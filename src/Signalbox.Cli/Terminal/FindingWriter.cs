using System.Text.Json;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Terminal;

/// <summary>Findings for people on standard error, for programs as one JSON array on standard output.</summary>
internal static class FindingWriter
{
    public static void Write(IReadOnlyList<Finding> findings, OutputFormat format, TextWriter output, TextWriter error)
    {
        if (format == OutputFormat.Json)
            output.WriteLine(JsonSerializer.Serialize(new FindingsView(findings), CliJson.Default.FindingsView));
        else
            foreach (var finding in findings) WriteText(finding, error);
    }

    public static void WriteText(Finding finding, TextWriter writer)
    {
        writer.WriteLine($"{Word(finding.Severity)}[{finding.Id}]: {finding.Message}");
        foreach (var location in finding.Locations.Where(l => l.Path != "signalbox")) WriteLocation(location, writer);
        if (finding.Help is not null) writer.WriteLine($"   = help: {finding.Help}");
        if (finding.HandTo is not null) writer.WriteLine($"   = hand to: {finding.HandTo}");
    }

    private static void WriteLocation(Location at, TextWriter writer)
    {
        if (at.Line == 0)
        {
            writer.WriteLine($"  --> {at.Path}{(at.Annotation is null ? "" : $": {at.Annotation}")}");
            return;
        }
        writer.WriteLine($"  --> {at.Path}:{at.Line}:{at.Column}");
        if (at.SourceLine is null) return;
        var gutter = new string(' ', Math.Max(2, at.Line.ToString(System.Globalization.CultureInfo.InvariantCulture).Length));
        writer.WriteLine($"{gutter} |");
        writer.WriteLine($"{at.Line.ToString(System.Globalization.CultureInfo.InvariantCulture).PadRight(gutter.Length)} | {at.SourceLine}");
        writer.WriteLine($"{gutter} | {new string(' ', Math.Max(0, at.Column - 1))}{new string('^', Math.Max(1, at.Length))} {at.Annotation}".TrimEnd());
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };
}
