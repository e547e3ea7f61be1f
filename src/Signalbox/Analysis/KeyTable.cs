namespace Signalbox.Analysis;

/// <summary>
/// Counts requests per sticky key and interval in a fixed table, without locks. Keys that share a slot displace
/// each other, which lets a few more requests count; a flood of keys costs no memory.
/// </summary>
internal sealed class KeyTable(TimeSpan interval, int cap)
{
    private const int Slots = 8192;
    private readonly long[] _slots = new long[Slots];

    /// <returns>The request's number within its key's interval, from 1; 0 where it is past the cap.</returns>
    public int Admit(ulong key, DateTimeOffset now)
    {
        key = Mix(key);
        ref var slot = ref _slots[key & (Slots - 1)];
        var mark = (long)(key & 0xFFFF_FFFF_0000_0000) | ((now.Ticks / interval.Ticks) & 0xFFFF) << 16;
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            var count = (seen & ~0xFFFFL) == mark ? (int)(seen & 0xFFFF) : 0;
            if (count >= cap) return 0;
            if (Interlocked.CompareExchange(ref slot, mark | (uint)(count + 1), seen) == seen) return count + 1;
        }
    }

    // the callers' hash may be weak; this is the finalizer of splitmix64
    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Lets one bad request per key and interval pass. Not thread-safe.</summary>
internal sealed class BadKeyGate(TimeSpan interval)
{
    private const int Sets = 1024;
    private const int Ways = 4;
    private readonly (ulong Key, long Until)[] _slots = new (ulong, long)[Sets * Ways];

    public bool Pass(ulong key, DateTimeOffset now)
    {
        key = KeyTable.Mix(key) | 1;
        var set = _slots.AsSpan((int)(key >> 32 & (Sets - 1)) * Ways, Ways);
        var oldest = 0;
        for (var i = 0; i < Ways; i++)
        {
            if (set[i].Key == key && now.Ticks < set[i].Until) return false;
            if (set[i].Key == key) { oldest = i; break; }
            if (set[i].Until < set[oldest].Until) oldest = i;
        }
        set[oldest] = (key, (now + interval).Ticks);
        return true;
    }
}
