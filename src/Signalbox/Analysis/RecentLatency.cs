namespace Signalbox.Analysis;

/// <param name="P50">Half of the requests took at most this long.</param>
/// <param name="P99">All but a hundredth took at most this long.</param>
public sealed record LatencyQuantiles(TimeSpan P50, TimeSpan P99);

/// <summary>How long an arm's requests of the last seconds took: for people, never for the judge. Older ones fade.</summary>
/// <remarks>Not thread-safe. 1.5 KB.</remarks>
public sealed class RecentLatency
{
    /// <summary>A request counts half after this long: quick enough to see a change, long enough for a p99 at tens of requests a second.</summary>
    private static readonly TimeSpan s_halfLife = TimeSpan.FromSeconds(5);

    private readonly double[] _counts = new double[LatencyBuckets.Count];
    private DateTimeOffset _at;

    public void Add(ArmSample sample, DateTimeOffset now)
    {
        FadeTo(now);
        foreach (var (bucket, count) in sample.Latency.Span) _counts[bucket] += count;
        foreach (var (_, bucket) in sample.KeyedLatency.Span) _counts[bucket]++;
    }

    /// <returns>Null where less than one request is left.</returns>
    public LatencyQuantiles? At(DateTimeOffset now)
    {
        FadeTo(now);
        var total = _counts.Sum();
        return total < 1 ? null : new(Quantile(0.5 * total), Quantile(0.99 * total));
    }

    private void FadeTo(DateTimeOffset now)
    {
        // a clock that was set back fades nothing
        if (now <= _at) return;
        var kept = Math.Pow(0.5, (now - _at) / s_halfLife);
        for (var b = 0; b < _counts.Length; b++) _counts[b] *= kept;
        _at = now;
    }

    private TimeSpan Quantile(double rank)
    {
        var seen = 0.0;
        for (var b = 0; b < _counts.Length; b++)
            if ((seen += _counts[b]) >= rank) return LatencyBuckets.UpperEdge(b);
        return LatencyBuckets.UpperEdge(_counts.Length - 1);
    }
}
