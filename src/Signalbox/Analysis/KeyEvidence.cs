namespace Signalbox.Analysis;

/// <summary>
/// Whose bad requests the canary's evidence consists of. A client counts again only after an interval that doubles
/// (10, 20, 40, then 80 s), and the judge's E must reach its threshold without the most counted clients.
/// </summary>
/// <remarks>Thinning only lowers the canary's counts, so it can delay a rollback, never cause one.</remarks>
internal sealed class KeyEvidence(TimeSpan interval, int minimumKeys)
{
    private const int Capacity = 2048;
    private const int MostDoublings = 3;

    private readonly Dictionary<(ulong Key, int Metric), (int Count, long Next)> _seen = [];
    private readonly (ulong Key, int Count)[][] _top =
        [.. Enumerable.Range(0, TickCounts.Metrics).Select(_ => new (ulong, int)[Math.Clamp(minimumKeys - 1, 0, 16)])];

    /// <summary>Counted requests of the most counted clients, one fewer than a rollback needs.</summary>
    public long Removed(int metric)
    {
        long sum = 0;
        foreach (var (_, count) in _top[metric]) sum += count;
        return sum;
    }

    /// <returns>Whether this client's bad request is evidence now.</returns>
    public bool Counts(ulong key, int metric, DateTimeOffset now)
    {
        var known = _seen.TryGetValue((key, metric), out var seen);
        // one that waits longer than anybody does was counted by an earlier process with a later clock
        var wait = interval.Ticks << Math.Clamp(seen.Count - 1, 0, MostDoublings);
        if (known && now.UtcTicks < seen.Next && seen.Next - now.UtcTicks <= wait) return false;
        if (!known && _seen.Count >= Capacity && !Sweep(now)) return false;
        var count = seen.Count + 1;
        wait = interval.Ticks << Math.Min(count - 1, MostDoublings);
        _seen[(key, metric)] = (count, now.UtcTicks + wait);
        Rank(key, metric, count);
        return true;
    }

    public void Clear()
    {
        _seen.Clear();
        foreach (var top in _top) Array.Clear(top);
    }

    public void Write(CompactWriter to)
    {
        to.Long(_seen.Count);
        foreach (var ((key, metric), (count, next)) in _seen)
        {
            to.Long((long)key);
            to.Byte((byte)metric);
            to.Long(count);
            to.Long(next);
        }
        foreach (var top in _top)
            foreach (var (key, count) in top) { to.Long((long)key); to.Long(count); }
    }

    public void Read(ref CompactReader from)
    {
        Clear();
        var entries = from.Count(Capacity);
        for (var i = 0; i < entries && from.Ok; i++)
        {
            var key = (ulong)from.Long();
            var metric = Math.Min((int)from.Byte(), TickCounts.Metrics - 1);
            _seen[(key, metric)] = (from.Count(int.MaxValue), from.Long());
        }
        foreach (var top in _top)
            for (var i = 0; i < top.Length; i++) top[i] = ((ulong)from.Long(), from.Count(int.MaxValue));
    }

    // a table full of clients that are still waiting means thousands of failing clients within 80 s: the next
    // ones are not needed, and not counting them keeps the memory bounded
    private bool Sweep(DateTimeOffset now)
    {
        foreach (var (entry, seen) in _seen.ToArray())
            if (seen.Next <= now.UtcTicks && !Array.Exists(_top[entry.Metric], t => t.Key == entry.Key)) _seen.Remove(entry);
        return _seen.Count < Capacity;
    }

    private void Rank(ulong key, int metric, int count)
    {
        var top = _top[metric];
        var least = -1;
        for (var i = 0; i < top.Length; i++)
        {
            if (top[i].Count > 0 && top[i].Key == key) { top[i].Count = count; return; }
            if (least < 0 || top[i].Count < top[least].Count) least = i;
        }
        if (least >= 0 && count > top[least].Count) top[least] = (key, count);
    }
}
