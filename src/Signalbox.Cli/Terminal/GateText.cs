using System.Globalization;
using Signalbox.Delivery.Policies;
using Signalbox.Diagnostics;
using Signalbox.Gates;

namespace Signalbox.Cli.Terminal;

/// <summary>What gates say, for people: refusals as findings, decisions line by line.</summary>
internal static class GateText
{
    /// <summary>What stops a release, each with the line that would mend it and whom it is handed to.</summary>
    public static IReadOnlyList<Finding> Findings(GateReport report) =>
    [
        .. report.Results.Where(result => result.Stops)
            .SelectMany(result => result.Lines.Where(line => line.Verdict != GateVerdict.Allow && line.Id != "gate-more").Select(line => Finding(report, result, line))),
    ];

    public static void Write(TextWriter to, GateReport report)
    {
        to.WriteLine($"{report.Release} into {report.Environment}: {Word(report.Verdict)} (asked {report.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC)");
        foreach (var layer in report.Results.GroupBy(result => result.Layer))
        {
            to.WriteLine($"  {layer.Key}:");
            foreach (var result in layer) Write(to, result);
        }
    }

    public static string Word(GateVerdict verdict) => verdict switch
    {
        GateVerdict.Allow => "allowed",
        GateVerdict.Deny => "denied",
        _ => "undecided",
    };

    private static void Write(TextWriter to, GateResult result)
    {
        var mark = result.Verdict == GateVerdict.Allow ? "ok" : result.Mode == GateMode.Enforce ? result.Verdict == GateVerdict.Deny ? "DENIES" : "UNDECIDED" : "warns";
        foreach (var (line, first) in result.Lines.Select((line, i) => (line, i == 0)))
        {
            to.WriteLine($"    {(first ? result.Gate : ""),-16} {(first ? mark : ""),-9} {line.Text}{Evidence(line)}");
            if (line.Help is { } help) to.WriteLine($"    {"",-16} {"",-9} = help: {help}");
        }
        if (result.HandTo is { } owner) to.WriteLine($"    {"",-16} {"",-9} = hand to: {owner}");
    }

    private static string Evidence(GateLine line) => line.Evidence.Count == 0 ? "" : $" [{string.Join(' ', line.Evidence.Take(3).Select(id => id.Short))}{(line.Evidence.Count > 3 ? " …" : "")}]";

    private static Finding Finding(GateReport report, GateResult result, GateLine line)
    {
        var at = result.Place is { } place
            ? new Location(place.Path, place.Line, place.Column, place.Length, place.Text, $"demanded of {report.Release}")
            : new Location(result.Layer, Annotation: $"gate {result.Gate}, demanded of {report.Release} in {report.Environment}");
        return new(line.Id, Severity.Error, line.Text, [at], line.Help, result.HandTo);
    }
}
