using Signalbox.Analysis;

namespace Signalbox.Host.Routing;

/// <summary>
/// The request that a connection now carries (HTTP/1.1: one at a time), reused from request to request. The
/// proxy and the sweep for old requests race for the right to count it; a word of sequence number and state
/// decides, so that a request is counted exactly once. Its clock stands still while it waits for its client.
/// </summary>
internal sealed class RequestInFlight(TimeProvider time)
{
    private const long Running = 1, Counted = 2, StateBits = 3;

    private readonly Lock _waiting = new();
    private long _word;
    private long _started;
    private ArmRecorder? _recorder;
    private ulong? _key;
    private int _waits;
    private long _waitsSince;
    private long _waited;

    /// <param name="started">Timestamp of the proxy's first sight of the request.</param>
    public void Begin(ArmRecorder recorder, long started, ulong? key)
    {
        (_recorder, _started, _key) = (recorder, started, key);
        lock (_waiting)
        {
            (_waits, _waited) = (0, 0);
            Volatile.Write(ref _word, ((_word | StateBits) + 1) | Running);
        }
    }

    /// <summary>The request waits for its client to send or to read: whoever is slow then, it is not the instance.</summary>
    /// <returns>What to end the wait with.</returns>
    public long BeginWait()
    {
        lock (_waiting)
        {
            if (_waits++ == 0) _waitsSince = time.GetTimestamp();
            return _word | StateBits;
        }
    }

    public void EndWait(long begun)
    {
        lock (_waiting)
        {
            // the last request's wait, which ended late, says nothing of this one
            if (begun != (_word | StateBits) || --_waits > 0) return;
            _waited += time.GetTimestamp() - _waitsSince;
        }
    }

    /// <summary>Counts the request unless the sweep was first.</summary>
    public void Finish(bool bad)
    {
        if (!TryCount(Volatile.Read(ref _word))) return;
        var now = time.GetTimestamp();
        _recorder!.Finished(time.GetElapsedTime(_started + WaitedUntil(now), now), bad, _key, time.GetUtcNow());
    }

    /// <summary>The request's outcome says nothing about the arm (its client went away).</summary>
    public void Forget() => TryCount(Volatile.Read(ref _word));

    public void CountIfOver(long now, long limit)
    {
        var word = Volatile.Read(ref _word);
        if ((word & StateBits) != Running) return;
        var (recorder, started, key) = (_recorder, _started, _key);
        if (now - started <= limit) return;
        started += WaitedUntil(now);
        if (now - started <= limit || !TryCount(word)) return;
        recorder!.OverAge(time.GetElapsedTime(started, now), key, time.GetUtcNow());
    }

    private long WaitedUntil(long now)
    {
        lock (_waiting) return _waited + (_waits > 0 ? Math.Max(0, now - _waitsSince) : 0);
    }

    private bool TryCount(long word) =>
        (word & StateBits) == Running && Interlocked.CompareExchange(ref _word, (word & ~StateBits) | Counted, word) == word;
}
