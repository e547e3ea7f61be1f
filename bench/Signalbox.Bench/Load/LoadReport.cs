using System.Diagnostics;

namespace Signalbox.Bench.Load;

/// <summary>What a load came to.</summary>
internal sealed class LoadReport
{
    private readonly Dictionary<Outcome, long> _outcomes = [];

    public LoadReport(IEnumerable<RecordLog> logs) : this(logs.SelectMany(log => log.Items.ToArray())) { }

    public LoadReport(IEnumerable<RequestRecord> records)
    {
        Records = [.. records.OrderBy(r => r.Sent)];
        foreach (var record in Records) _outcomes[record.Outcome] = _outcomes.GetValueOrDefault(record.Outcome) + 1;
    }

    /// <summary>In the order they were sent.</summary>
    public RequestRecord[] Records { get; }

    public long Failed => Records.Length - _outcomes.GetValueOrDefault(Outcome.Answered);

    public string FailuresByKind => Failed == 0
        ? "none"
        : string.Join(", ", _outcomes.Where(o => o.Key != Outcome.Answered).OrderByDescending(o => o.Value).Select(o => $"{o.Value} {o.Key}"));

    public Quantiles Milliseconds => new(Records.Select(r => Stopwatch.GetElapsedTime(r.Sent, r.Done).TotalMilliseconds));

    /// <summary>Requests that began before a moment and ended after it, summed over the moments.</summary>
    public long InFlightAcross(IReadOnlyList<long> moments)
    {
        var starts = Records.Select(r => r.Sent).ToArray();
        var ends = Records.Select(r => r.Done).Order().ToArray();
        return moments.Sum(at => (long)Below(starts, at) - Below(ends, at));
    }

    private static int Below(long[] sorted, long value)
    {
        var at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }
}
