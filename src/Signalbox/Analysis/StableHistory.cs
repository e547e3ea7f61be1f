using System.Globalization;

namespace Signalbox.Analysis;

/// <summary>A service's stable traffic of the last hour, kept whether or not a rollout runs: dispersion, bad rate, latency quantiles.</summary>
/// <remarks>Not thread-safe: the loop that ticks the judge adds to it. About 240 KB a service.</remarks>
public sealed class StableHistory
{
    private const byte Version = 1;
    private const int Seconds = 3600;
    private const int Minutes = 60;

    // more in one second than a machine can serve: saved bytes beyond it are not ours
    private const int Most = 100_000_000;

    /// <summary>Fewer latencies than this give no thresholds: p99.9 needs a tail.</summary>
    internal const int EnoughLatencies = 1000;

    private readonly Row[] _rows = new Row[Seconds];
    private readonly int[][] _minutes = [.. Enumerable.Range(0, Minutes).Select(_ => new int[LatencyBuckets.Count])];
    private readonly long[] _minuteOf = new long[Minutes];
    private Row _open;
    private int[]? _provisional;
    private long _latencies;
    private long _requests;
    private long _bad;

    /// <summary>Adds one tick of the stable arm.</summary>
    public void Add(DateTimeOffset now, ArmSample stable)
    {
        Advance(now.ToUnixTimeSeconds());
        if (stable.Requests == 0) return;
        var rate = _requests == 0 ? 0 : (double)_bad / _requests;
        _open.Requests += (int)stable.Requests;
        _open.Bad += (int)stable.Bad;
        _open.Capped += (int)Math.Round(StartMixture.Cap(stable.Bad, stable.Requests, rate, JudgeFrame.MeasuredBurst));
        AddLatencies(stable);
    }

    /// <summary>What the last hour's completed seconds say; the current second never counts, so a tick cannot judge itself.</summary>
    internal JudgeFrame Freeze(JudgePlan plan, JudgeFrame? keep)
    {
        var counts = Histogram();
        var enough = counts.Sum() >= EnoughLatencies;
        var thresholds = keep?.Thresholds ?? (plan.Latency && enough
            ? [.. JudgeFrame.Quantiles.Select(q => LatencyBuckets.Quantile(counts, q).Bucket)]
            : null);
        var guard = plan.LatencyLimit is { } limit ? LatencyBuckets.Of(limit) : -1;
        var rates = new double[JudgeFrame.Metrics];
        rates[JudgeFrame.Errors] = _requests == 0 ? 0 : (double)_bad / _requests;
        for (var m = 1; m < JudgeFrame.Compared; m++) rates[m] = thresholds is null ? 0 : Above(counts, thresholds[m - 1]);
        rates[JudgeFrame.Promise] = guard < 0 ? 0 : Above(counts, guard);
        return Disperse(new JudgeFrame(thresholds, guard, rates, new double[JudgeFrame.Metrics], 1, ""));
    }

    public byte[] Save()
    {
        var to = new CompactWriter();
        to.Bytes("SBSH"u8);
        to.Byte(Version);
        var rows = InOrder();
        to.Long(rows.Length);
        foreach (var row in rows) row.Write(to);
        for (var m = 0; m < Minutes; m++)
        {
            to.Long(_minuteOf[m]);
            foreach (var count in _minutes[m]) to.Long(count);
        }
        return to.Written.ToArray();
    }

    /// <returns>An empty history where the bytes are not one.</returns>
    public static StableHistory Load(ReadOnlySpan<byte> saved, DateTimeOffset now)
    {
        var from = new CompactReader(saved);
        if (!from.Take(4).SequenceEqual("SBSH"u8) || from.Byte() != Version) return new();
        var history = new StableHistory();
        var second = now.ToUnixTimeSeconds();
        var rows = new List<Row>();
        for (var left = from.Count(Seconds); left > 0 && from.Ok; left--) rows.Add(Row.Read(ref from));
        var ahead = MinutesAhead(rows, second);
        foreach (var row in rows) history.Restore(row with { Second = row.Second - (60 * ahead) }, second);
        for (var m = 0; m < Minutes && from.Ok; m++) history.RestoreMinute(ref from, second / 60, ahead);
        if (!from.Ok || !from.AtEnd) return new();
        history._open.Second = second;
        history.Reckon();
        return history;
    }

    /// <summary>What an earlier process with a later clock has learned was learned just now. More than a day ahead is not ours.</summary>
    private static long MinutesAhead(List<Row> rows, long now)
    {
        var ahead = rows.Count == 0 ? 0 : rows.Max(row => row.Second) - now;
        return ahead is > 0 and < 86_400 ? (ahead + 59) / 60 : 0;
    }

    internal StableHistory Clone()
    {
        var copy = new StableHistory { _open = _open, _provisional = _provisional, _latencies = _latencies, _requests = _requests, _bad = _bad };
        _rows.CopyTo(copy._rows, 0);
        _minuteOf.CopyTo(copy._minuteOf, 0);
        for (var m = 0; m < Minutes; m++) _minutes[m].CopyTo(copy._minutes[m], 0);
        return copy;
    }

    private void Advance(long second)
    {
        if (second <= _open.Second) return;
        if (_open.Requests > 0) Close();
        _open = new Row { Second = second };
        if (_requests > 0 && second % 60 == 0) Forget(second);
        if ((_provisional is null && _latencies >= EnoughLatencies) || second % 60 == 0) Reckon();
    }

    private void Close()
    {
        ref var slot = ref _rows[_open.Second % Seconds];
        _requests += _open.Requests - slot.Requests;
        _bad += _open.Bad - slot.Bad;
        slot = _open;
    }

    private void Forget(long second)
    {
        foreach (ref var row in _rows.AsSpan())
        {
            if (row.Requests == 0 || row.Second > second - Seconds) continue;
            (_requests, _bad) = (_requests - row.Requests, _bad - row.Bad);
            row = default;
        }
    }

    // the hour's thresholds move with the traffic, so that slow requests are counted where they are now
    private void Reckon()
    {
        var counts = Histogram();
        _latencies = counts.Sum();
        if (_latencies >= EnoughLatencies) _provisional = [.. JudgeFrame.Quantiles.Select(q => LatencyBuckets.Quantile(counts, q).Bucket)];
    }

    private void AddLatencies(ArmSample stable)
    {
        foreach (var (bucket, count) in stable.Latency.Span) AddLatency(bucket, count);
        foreach (var (_, bucket) in stable.KeyedLatency.Span) AddLatency(bucket, 1);
    }

    private void AddLatency(int bucket, int count)
    {
        var minute = _open.Second / 60;
        var slot = (int)(minute % Minutes);
        if (_minuteOf[slot] != minute)
        {
            _minuteOf[slot] = minute;
            Array.Clear(_minutes[slot]);
        }
        _minutes[slot][bucket] += count;
        _latencies += count;
        if (_provisional is { } thresholds) _open.AddLatency(thresholds, bucket, count);
    }

    private long[] Histogram()
    {
        var counts = new long[LatencyBuckets.Count];
        var oldest = _open.Second / 60 - Minutes;
        for (var m = 0; m < Minutes; m++)
        {
            if (_minuteOf[m] <= oldest) continue;
            for (var b = 0; b < counts.Length; b++) counts[b] += _minutes[m][b];
        }
        return counts;
    }

    private static double Above(long[] counts, int bucket)
    {
        long above = 0, total = 0;
        for (var b = 0; b < counts.Length; b++)
        {
            total += counts[b];
            if (b > bucket) above += counts[b];
        }
        return total == 0 ? 0 : (double)above / total;
    }

    private JudgeFrame Disperse(JudgeFrame frame)
    {
        var rows = InOrder();
        var span = rows.Length == 0 ? 0 : rows[^1].Second - rows[0].Second + 1;
        var buffer = new (long Second, int Requests, int Bad)[rows.Length];
        var measured = 1.0;
        for (var m = 0; m < JudgeFrame.Metrics; m++)
        {
            // the promise has no counts of its own: slow ones beyond p99 clump the same way
            var column = m == JudgeFrame.Promise ? 3 : m;
            for (var i = 0; i < rows.Length; i++) buffer[i] = rows[i].Column(column);
            var bad = buffer.Sum(r => (long)r.Bad);
            var estimate = Dispersion.Estimate(buffer);
            var enough = bad >= Dispersion.EnoughBad && span >= Dispersion.EnoughSeconds;
            frame.Dispersions[m] = enough ? estimate : Math.Max(Dispersion.Assumed, estimate);
            if (m == JudgeFrame.Errors) measured = estimate;
        }
        return frame with { Measured = measured, Source = Describe(span, rows.Sum(r => (long)r.Bad)) };
    }

    private static string Describe(long span, long bad) =>
        span == 0 ? "no history: assumed 2"
        : bad < Dispersion.EnoughBad || span < Dispersion.EnoughSeconds
            ? string.Create(CultureInfo.InvariantCulture, $"little history ({bad} bad requests in {span} s): at least 2 assumed")
            : string.Create(CultureInfo.InvariantCulture, $"stable's last {Math.Max(1, span / 60)} min, {bad} bad requests");

    // the ring's slots are seconds: the one after the open second is the oldest
    private Row[] InOrder()
    {
        var rows = new Row[Seconds];
        var count = 0;
        var oldest = (int)((_open.Second + 1) % Seconds);
        for (var i = 0; i < Seconds; i++)
        {
            ref var row = ref _rows[(oldest + i) % Seconds];
            if (row.Requests > 0 && row.Second > _open.Second - Seconds) rows[count++] = row;
        }
        return rows[..count];
    }

    private void Restore(Row row, long now)
    {
        if (row.Requests == 0 || row.Second <= now - Seconds || row.Second > now) return;
        _open = row;
        Close();
        _open = default;
    }

    private void RestoreMinute(ref CompactReader from, long now, long ahead)
    {
        var minute = from.Long() - ahead;
        var fresh = minute > now - Minutes && minute <= now && minute >= 0;
        var slot = fresh ? (int)(minute % Minutes) : 0;
        if (fresh) _minuteOf[slot] = minute;
        for (var b = 0; b < LatencyBuckets.Count; b++)
        {
            var count = from.Count(Most);
            if (fresh) _minutes[slot][b] = count;
        }
    }

    private struct Row
    {
        public long Second;
        public int Requests, Bad, Capped, Latencies, Slow0, Slow1, Slow2, Slow3;

        public void AddLatency(int[] thresholds, int bucket, int count)
        {
            Latencies += count;
            if (bucket > thresholds[0]) Slow0 += count;
            if (bucket > thresholds[1]) Slow1 += count;
            if (bucket > thresholds[2]) Slow2 += count;
            if (bucket > thresholds[3]) Slow3 += count;
        }

        public readonly (long Second, int Requests, int Bad) Column(int metric) => metric switch
        {
            0 => (Second, Requests, Capped),
            1 => (Second, Latencies, Slow0),
            2 => (Second, Latencies, Slow1),
            3 => (Second, Latencies, Slow2),
            _ => (Second, Latencies, Slow3),
        };

        public readonly void Write(CompactWriter to)
        {
            to.Long(Second);
            foreach (var value in (ReadOnlySpan<int>)[Requests, Bad, Capped, Latencies, Slow0, Slow1, Slow2, Slow3]) to.Long(value);
        }

        public static Row Read(ref CompactReader from)
        {
            var second = from.Long();
            if (second < 0) second = 0;
            var (requests, bad, capped) = (from.Count(Most), from.Count(Most), from.Count(Most));
            var latencies = from.Count(Most);
            if (bad > requests || capped > bad) requests = 0;
            return new Row
            {
                Second = second,
                Requests = requests,
                Bad = bad,
                Capped = capped,
                Latencies = latencies,
                Slow0 = from.Count(latencies),
                Slow1 = from.Count(latencies),
                Slow2 = from.Count(latencies),
                Slow3 = from.Count(latencies),
            };
        }
    }
}
