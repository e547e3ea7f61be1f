namespace Signalbox.Analysis;

/// <summary>One tick as the judge's arithmetic sees it: this and the frame are all a decision rests on, and all the tick log holds.</summary>
internal sealed class TickCounts
{
    public const int Metrics = JudgeFrame.Metrics;
    private const int Most = int.MaxValue;

    /// <summary>The tick opens a new second, and with it a start time of the mixtures.</summary>
    public bool OpensSecond { get; set; }

    /// <summary>Within the warm-up: only an outright outage is judged.</summary>
    public bool WarmUp { get; set; }

    public long CanaryRequests { get; set; }

    public long StableRequests { get; set; }

    public long CanaryLatencies { get; set; }

    public long StableLatencies { get; set; }

    /// <summary>Bad canary requests before repeated clients are thinned: what the advancing tests and people see.</summary>
    public long CanaryBad { get; set; }

    /// <summary>Bad or slow canary requests by metric, repeated clients thinned.</summary>
    public long[] Canary { get; } = new long[Metrics];

    public long[] Stable { get; } = new long[Metrics];

    /// <summary>By metric, how many counted so far came from the two clients with the most: evidence must stand without them.</summary>
    public long[] Removed { get; } = new long[Metrics];

    public bool IsEmpty => CanaryRequests == 0 && StableRequests == 0;

    public void Clear()
    {
        (OpensSecond, WarmUp) = (false, false);
        (CanaryRequests, StableRequests, CanaryLatencies, StableLatencies, CanaryBad) = (0, 0, 0, 0, 0);
        Array.Clear(Canary);
        Array.Clear(Stable);
    }

    public void Write(CompactWriter to)
    {
        to.Byte((byte)((OpensSecond ? 1 : 0) | (WarmUp ? 2 : 0)));
        to.Long(CanaryRequests);
        to.Long(StableRequests);
        to.Long(CanaryLatencies);
        to.Long(StableLatencies);
        to.Long(CanaryBad);
        foreach (var x in Canary) to.Long(x);
        foreach (var x in Stable) to.Long(x);
        foreach (var x in Removed) to.Long(x);
    }

    public void Read(ref CompactReader from)
    {
        var flags = from.Byte();
        (OpensSecond, WarmUp) = ((flags & 1) != 0, (flags & 2) != 0);
        (CanaryRequests, StableRequests) = (from.Count(Most), from.Count(Most));
        (CanaryLatencies, StableLatencies) = (from.Count(Most), from.Count(Most));
        CanaryBad = from.Count(Most);
        for (var m = 0; m < Metrics; m++) Canary[m] = from.Count(Most);
        for (var m = 0; m < Metrics; m++) Stable[m] = from.Count(Most);
        for (var m = 0; m < Metrics; m++) Removed[m] = from.Count(Most);
    }
}
