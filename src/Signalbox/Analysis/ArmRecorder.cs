namespace Signalbox.Analysis;

/// <summary>Counts one arm's requests on the hot path; thread-safe, no allocation per request.</summary>
public sealed class ArmRecorder
{
    /// <summary>A request finished.</summary>
    /// <param name="elapsed">From the proxy's first sight of the request to its last byte.</param>
    /// <param name="bad">5xx, connect failure, reset or timeout on our upstream.</param>
    /// <param name="key">Hash of the sticky key; null for unkeyed traffic.</param>
    public void Finished(TimeSpan elapsed, bool bad, ulong? key, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>A request passed the age limit while in flight: bad, counted once; it is not reported again when it finishes.</summary>
    public void OverAge(TimeSpan age, ulong? key, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>What happened since the last drain. One reader.</summary>
    public ArmSample Drain() => throw new NotImplementedException();

    /// <summary>All requests ever seen by this recorder, and the bad ones (uncapped), for display.</summary>
    public (long Requests, long Bad) Totals => throw new NotImplementedException();
}
