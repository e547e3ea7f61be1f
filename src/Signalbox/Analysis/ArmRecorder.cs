namespace Signalbox.Analysis;

/// <summary>Counts one arm's requests on the hot path; thread-safe, no allocation per request.</summary>
/// <remarks>
/// Evidence of a sticky client is capped the same way in both arms: 20 requests, one bad one and one latency per
/// <c>keyInterval</c>, so that one client can neither take a healthy release back nor drown a bad one.
/// </remarks>
public sealed class ArmRecorder
{
    internal const int RequestsPerKey = 20;
    private const int PendingBad = 64;
    private const int PendingLatencies = 256;

    private readonly Stripe[] _stripes;
    private readonly TimeSpan _keyInterval;
    private readonly Lock _keyed = new();

    // 130 KB together: traffic without keys, and all that is idle, does without
    private KeyTable? _keys;
    private BadKeyGate? _gate;
    private ulong[] _badKeys = [];
    private KeyedLatency[] _latencies = [];
    private int _badKeyCount;
    private int _latencyCount;
    private long _began = long.MaxValue;

    public ArmRecorder() : this(TimeSpan.FromSeconds(10)) { }

    /// <param name="keyInterval">A sticky client's evidence counts once in this time; at least a millisecond.</param>
    public ArmRecorder(TimeSpan keyInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keyInterval, TimeSpan.FromMilliseconds(1));
        _keyInterval = keyInterval;
        var stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(16, Environment.ProcessorCount));
        _stripes = [.. Enumerable.Range(0, stripes).Select(_ => new Stripe())];
    }

    /// <summary>A request finished.</summary>
    /// <param name="elapsed">From the proxy's first sight of the request to its last byte.</param>
    /// <param name="bad">5xx, connect failure, reset or timeout on our upstream.</param>
    /// <param name="key">Hash of the sticky key; null for unkeyed traffic.</param>
    public void Finished(TimeSpan elapsed, bool bad, ulong? key, DateTimeOffset now)
    {
        var stripe = _stripes[Thread.GetCurrentProcessorId() & (_stripes.Length - 1)];
        stripe.CountSeen(bad);
        NoteBeginning(now.UtcTicks - elapsed.Ticks);
        if (key is { } k) Keyed(stripe, k, elapsed, bad, now);
        else stripe.Count(LatencyBuckets.Of(elapsed), bad);
    }

    /// <summary>A request passed the age limit while in flight: bad, counted once; it is not reported again when it finishes.</summary>
    public void OverAge(TimeSpan age, ulong? key, DateTimeOffset now) => Finished(age, bad: true, key, now);

    /// <summary>What happened since the last drain. One reader.</summary>
    public ArmSample Drain()
    {
        long requests = 0, bad = 0;
        Span<int> buckets = stackalloc int[LatencyBuckets.Count];
        lock (_keyed)
        {
            foreach (var stripe in _stripes) stripe.DrainInto(ref requests, ref bad, buckets);
            var began = Interlocked.Exchange(ref _began, long.MaxValue);
            var latency = Sparse(buckets);
            // a latency may come a drain after its request
            if (requests == 0 && bad == 0 && latency.Length == 0 && _badKeyCount == 0 && _latencyCount == 0) return ArmSample.Empty;
            var sample = new ArmSample
            {
                Requests = requests,
                Bad = bad,
                BadKeys = _badKeys.AsSpan(0, _badKeyCount).ToArray(),
                Latency = latency,
                KeyedLatency = _latencies.AsSpan(0, _latencyCount).ToArray(),
                Began = began == long.MaxValue ? null : new DateTimeOffset(began, TimeSpan.Zero),
            };
            (_badKeyCount, _latencyCount) = (0, 0);
            return sample;
        }
    }

    /// <summary>All requests ever seen by this recorder, and the bad ones (uncapped), for display.</summary>
    public (long Requests, long Bad) Totals
    {
        get
        {
            long requests = 0, bad = 0;
            foreach (var stripe in _stripes) (requests, bad) = stripe.AddSeen(requests, bad);
            return (requests, bad);
        }
    }

    private void Keyed(Stripe stripe, ulong key, TimeSpan elapsed, bool bad, DateTimeOffset now)
    {
        var keys = Volatile.Read(ref _keys) ?? MakeKeys();
        var number = keys.Admit(key, now);
        if (number == 0) return;
        if (!bad && number > 1)
        {
            stripe.Count(bucket: -1, bad: false);
            return;
        }
        lock (_keyed)
        {
            var counts = bad && (_gate ??= new BadKeyGate(_keyInterval)).Pass(key, now);
            if (counts && _badKeyCount < PendingBad) _badKeys[_badKeyCount++] = key;
            if (number == 1 && _latencyCount < PendingLatencies)
                _latencies[_latencyCount++] = new KeyedLatency(key, LatencyBuckets.Of(elapsed));
            // within the lock: a tick must not hold a client's bad request without its client, nor the reverse
            stripe.Count(bucket: -1, counts);
        }
    }

    private KeyTable MakeKeys()
    {
        lock (_keyed)
        {
            if (_keys is not null) return _keys;
            (_badKeys, _latencies) = (new ulong[PendingBad], new KeyedLatency[PendingLatencies]);
            Volatile.Write(ref _keys, new KeyTable(_keyInterval, RequestsPerKey));
            return _keys;
        }
    }

    private void NoteBeginning(long ticks)
    {
        var seen = Volatile.Read(ref _began);
        while (ticks < seen)
        {
            var before = Interlocked.CompareExchange(ref _began, ticks, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    private static LatencyCount[] Sparse(ReadOnlySpan<int> buckets)
    {
        var used = 0;
        foreach (var count in buckets) used += count > 0 ? 1 : 0;
        var sparse = new LatencyCount[used];
        for (int b = 0, i = 0; b < buckets.Length; b++)
            if (buckets[b] > 0) sparse[i++] = new LatencyCount(b, buckets[b]);
        return sparse;
    }

    /// <summary>Counters of one processor: an array of its own keeps processors off each other's cache lines.</summary>
    private sealed class Stripe
    {
        // 0 requests, 1 bad, 8 seen, 9 seen bad, then the buckets; a line is left free before and between
        private const int Requests = 16, Bad = 17, Seen = 24, SeenBad = 25, Buckets = 32;
        private readonly long[] _cells = new long[Buckets + LatencyBuckets.Count + 16];

        public void CountSeen(bool bad)
        {
            Interlocked.Increment(ref _cells[Seen]);
            if (bad) Interlocked.Increment(ref _cells[SeenBad]);
        }

        public void Count(int bucket, bool bad)
        {
            // the request first, and drained last: no tick may hold more bad requests than requests
            Interlocked.Increment(ref _cells[Requests]);
            if (bad) Interlocked.Increment(ref _cells[Bad]);
            if (bucket >= 0) Interlocked.Increment(ref _cells[Buckets + bucket]);
        }

        public void DrainInto(ref long requests, ref long bad, Span<int> buckets)
        {
            bad += Take(Bad);
            requests += Take(Requests);
            for (var b = 0; b < buckets.Length; b++) buckets[b] += (int)Take(Buckets + b);
        }

        public (long Requests, long Bad) AddSeen(long requests, long bad) =>
            (requests + Volatile.Read(ref _cells[Seen]), bad + Volatile.Read(ref _cells[SeenBad]));

        private long Take(int cell) => Volatile.Read(ref _cells[cell]) == 0 ? 0 : Interlocked.Exchange(ref _cells[cell], 0);
    }
}
