namespace Signalbox.Analysis;

/// <summary>How many requests of one latency bucket.</summary>
internal readonly record struct LatencyCount(int Bucket, int Count);

/// <summary>One request of a sticky client, for evidence that no single client may dominate.</summary>
internal readonly record struct KeyedLatency(ulong Key, int Bucket);

/// <summary>Latency buckets of one eighth of an octave (9 % wide), from 100 µs to 14 minutes.</summary>
internal static class LatencyBuckets
{
    public const int Count = 184;
    private const int PerOctave = 8;
    private const double Lowest = 1e-4;

    public static int Of(TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds;
        return seconds <= Lowest ? 0 : Math.Min(Count - 1, 1 + (int)(PerOctave * Math.Log2(seconds / Lowest)));
    }

    /// <summary>The upper edge; a request in a higher bucket took longer than this.</summary>
    public static TimeSpan UpperEdge(int bucket) => TimeSpan.FromSeconds(Lowest * Math.Pow(2, (double)bucket / PerOctave));

    /// <returns>The first bucket at or below which <paramref name="quantile"/> of the requests lie, and the share above it.</returns>
    public static (int Bucket, double Above) Quantile(ReadOnlySpan<long> counts, double quantile)
    {
        long total = 0, seen = 0;
        foreach (var c in counts) total += c;
        for (var b = 0; b < counts.Length; b++)
        {
            seen += counts[b];
            if (seen >= quantile * total) return (b, total == 0 ? 0 : (double)(total - seen) / total);
        }
        return (counts.Length - 1, 0);
    }
}
