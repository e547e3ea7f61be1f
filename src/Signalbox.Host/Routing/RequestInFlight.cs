using Signalbox.Analysis;

namespace Signalbox.Host.Routing;

/// <summary>
/// The request that a connection now carries (HTTP/1.1: one at a time), reused from request to request. The
/// proxy and the sweep for old requests race for the right to count it; a word of sequence number and state
/// decides, so that a request is counted exactly once.
/// </summary>
internal sealed class RequestInFlight(TimeProvider time)
{
    private const long Running = 1, Counted = 2, StateBits = 3;

    private long _word;
    private long _started;
    private ArmRecorder? _recorder;
    private ulong? _key;

    /// <param name="started">Timestamp of the proxy's first sight of the request.</param>
    public void Begin(ArmRecorder recorder, long started, ulong? key)
    {
        (_recorder, _started, _key) = (recorder, started, key);
        Volatile.Write(ref _word, ((_word | StateBits) + 1) | Running);
    }

    /// <summary>Counts the request unless the sweep was first.</summary>
    public void Finish(bool bad)
    {
        if (!TryCount(Volatile.Read(ref _word))) return;
        _recorder!.Finished(time.GetElapsedTime(_started), bad, _key, time.GetUtcNow());
    }

    /// <summary>The request's outcome says nothing about the arm (its client went away).</summary>
    public void Forget() => TryCount(Volatile.Read(ref _word));

    public void CountIfOver(long now, long limit)
    {
        var word = Volatile.Read(ref _word);
        if ((word & StateBits) != Running) return;
        var (recorder, started, key) = (_recorder, _started, _key);
        if (now - started <= limit || !TryCount(word)) return;
        recorder!.OverAge(time.GetElapsedTime(started, now), key, time.GetUtcNow());
    }

    private bool TryCount(long word) =>
        (word & StateBits) == Running && Interlocked.CompareExchange(ref _word, (word & ~StateBits) | Counted, word) == word;
}
