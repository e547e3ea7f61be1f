namespace Signalbox.Analysis;

/// <summary>
/// What the judge holds fixed while a tick is seen: thresholds, stable's rates and dispersions, all from
/// completed seconds. Written to the tick log whenever it changes, so that decisions can be replayed.
/// </summary>
/// <param name="Thresholds">Latency bucket of stable's p50, p90, p99, p99.9: slower ones are slow; null before there is enough traffic.</param>
/// <param name="GuardBucket">A request in a higher bucket breaks the promised p99; -1 without a promise.</param>
/// <param name="Rates">Stable's rate by metric: errors, slower than p50 … p99.9, slower than the promise.</param>
/// <param name="Dispersions">F by metric, in the same order.</param>
/// <param name="Measured">Measured dispersion of errors without the assumed floor, for the advancing tests.</param>
internal sealed record JudgeFrame(
    int[]? Thresholds, int GuardBucket, double[] Rates, double[] Dispersions, double Measured, string Source)
{
    public static readonly double[] Quantiles = [0.5, 0.9, 0.99, 0.999];
    public const int Metrics = 6;
    public const int Errors = 0;
    public const int Compared = 5;
    public const int Promise = 5;

    public static JudgeFrame Cold { get; } = new(
        null, -1, new double[Metrics], [.. Enumerable.Repeat(Dispersion.Assumed, Metrics)], 1, "no history: assumed 2");

    /// <summary>Whether stable has shown enough for its dispersion to be taken as measured.</summary>
    public bool Settled => !Source.Contains("assumed", StringComparison.Ordinal);

    /// <summary>Bad canary requests of one tick that count whatever stable's rate: fewer while an unseen F may be too low for its bursts.</summary>
    public int Burst => Settled ? MeasuredBurst : 2;

    /// <summary><see cref="Burst"/> where stable's dispersion is measured, on counts capped the same way.</summary>
    public const int MeasuredBurst = 3;

    public static string Name(int metric) => metric switch
    {
        Errors => "errors",
        Promise => "slower than the promised p99",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"slower than stable's p{Quantiles[metric - 1] * 100:0.#}"),
    };

    /// <summary>The first bucket whose requests are slow by this metric, or int.MaxValue where there is no threshold.</summary>
    public int SlowFrom(int metric) =>
        metric == Promise
            ? GuardBucket < 0 ? int.MaxValue : GuardBucket + 1
            : Thresholds is { } t ? t[metric - 1] + 1 : int.MaxValue;

    public void Write(CompactWriter to)
    {
        to.Byte((byte)(Thresholds is null ? 0 : 1));
        foreach (var t in Thresholds ?? []) to.Long(t);
        to.Long(GuardBucket);
        foreach (var r in Rates) to.Double(r);
        foreach (var d in Dispersions) to.Double(d);
        to.Double(Measured);
        to.Text(Source);
    }

    public static JudgeFrame Read(ref CompactReader from)
    {
        var thresholds = from.Byte() == 1 ? new int[Quantiles.Length] : null;
        for (var i = 0; i < thresholds?.Length; i++) thresholds[i] = from.Count(LatencyBuckets.Count);
        var guard = (int)Math.Clamp(from.Long(), -1, LatencyBuckets.Count);
        var (rates, dispersions) = (new double[Metrics], new double[Metrics]);
        for (var i = 0; i < Metrics; i++) rates[i] = from.Magnitude();
        for (var i = 0; i < Metrics; i++) dispersions[i] = Math.Max(1, from.Magnitude());
        return new(thresholds, guard, rates, dispersions, Math.Max(1, from.Magnitude()), from.Text());
    }
}
