namespace Signalbox.Analysis;

/// <summary>One arm's requests of one tick. Made by <see cref="ArmRecorder.Drain"/>.</summary>
public sealed class ArmSample
{
    public static ArmSample Empty { get; } = new();

    /// <summary>Finished or over age, after the per-key cap on requests.</summary>
    public long Requests { get; init; }

    /// <summary>Bad ones after the per-key cap.</summary>
    public long Bad { get; init; }

    /// <summary>Keys of the bad ones that have a key and passed the cap; fewer than there are where a tick has very many.</summary>
    internal ReadOnlyMemory<ulong> BadKeys { get; init; }

    /// <summary>Latencies of requests without a key, by bucket.</summary>
    internal ReadOnlyMemory<LatencyCount> Latency { get; init; }

    /// <summary>Latencies of sticky clients, at most one per client and interval.</summary>
    internal ReadOnlyMemory<KeyedLatency> KeyedLatency { get; init; }

    /// <summary>When the earliest of these requests began; null without requests.</summary>
    internal DateTimeOffset? Began { get; init; }
}
