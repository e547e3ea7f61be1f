using System.Globalization;
using Signalbox.Api;

namespace Signalbox.Cli.Terminal;

/// <summary>History for people. What the judge says is the reason of three events in a row; it is read once.</summary>
internal static class HistoryText
{
    /// <param name="entries">Newest first, as they are shown.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyList<HistoryEntry> entries)
    {
        var said = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var lines = new List<string>(entries.Count);
        foreach (var entry in entries.Reverse())
        {
            if (!said.TryGetValue(entry.Track, out var reasons)) said[entry.Track] = reasons = [];
            if (entry.Type.StartsWith("rollout.started", StringComparison.Ordinal)) reasons.Clear();
            var summary = EndsOne(entry) ? Once(entry.Summary, reasons) : entry.Summary;
            if (summary.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon) reasons.Add(summary[(colon + 2)..]);
            lines.Add(Line(entry, summary));
        }
        lines.Reverse();
        return lines;
    }

    private static bool EndsOne(HistoryEntry entry) => entry.Type is "rollout.abort-started/1" or "rollout.ended/1";

    private static string Once(string summary, List<string> reasons) =>
        reasons.Find(reason => summary.EndsWith(": " + reason, StringComparison.Ordinal)) is { } known
            ? Once(summary[..^(known.Length + 2)], reasons)
            : summary;

    private static string Line(HistoryEntry entry, string summary) => string.Create(CultureInfo.InvariantCulture,
        $"{entry.Sequence,6}  {entry.At.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {entry.Track,-20} {entry.Principal,-16} {summary}");
}
