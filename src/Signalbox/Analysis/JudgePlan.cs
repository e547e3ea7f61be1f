namespace Signalbox.Analysis;

public enum JudgeMode
{
    /// <summary>Canary against the whole stable fleet.</summary>
    Compare,

    /// <summary>One sample against the limit: no stable traffic is left to compare with (bake time).</summary>
    Guard,
}

/// <summary>What the host judges in one service of one rollout. Field meanings: <see cref="Delivery.AnalysisOptions"/>.</summary>
/// <param name="Rollout">Names the tick log and the saved state: the same rollout resumes them.</param>
/// <param name="Limit">One-sample limit on the bad rate (0 to 1).</param>
/// <param name="LatencyLimit">The promised p99, judged while baking; null without one.</param>
public sealed record JudgePlan(
    string Rollout,
    string Canary,
    string Stable,
    JudgeMode Mode,
    double Alpha,
    double ToleratedRatio,
    double Margin,
    double Beta,
    double Limit,
    TimeSpan AgeLimit,
    TimeSpan WarmUp,
    bool Latency,
    TimeSpan? LatencyLimit = null)
{
    public TimeSpan KeyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A fresh process is slow before its code is compiled and its caches are full, and that is no regression: latency is not
    /// compared for this long after the canary's first request, nor before <see cref="LatencyWarmUpRequests"/> requests
    /// within six times as long. Errors count from the first request.
    /// </summary>
    public TimeSpan LatencyWarmUp { get; init; } = TimeSpan.FromSeconds(10);

    public long LatencyWarmUpRequests { get; init; } = 500;

    public int MinimumKeys { get; init; } = 3;
}
