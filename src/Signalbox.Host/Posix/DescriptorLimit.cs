namespace Signalbox.Host.Posix;

/// <summary>
/// How many descriptors a process may have (RLIMIT_NOFILE of getrlimit(2)). A native program starts with the soft
/// limit of its caller, mostly 1,024; each request that passes the proxy takes two.
/// </summary>
internal static unsafe class DescriptorLimit
{
    /// <summary>Kept for supervision, files and the API, whatever clients do.</summary>
    private const long Reserve = 512;

    private const int Descriptors = 7;
    private static readonly Lock Gate = new();

    /// <summary>The soft limit before <see cref="Raise"/>, for what this process starts; null where it was not raised.</summary>
    public static long? Former { get; private set; }

    /// <summary>What this process may have now.</summary>
    public static long Soft => Read().Soft is var soft && soft > long.MaxValue ? long.MaxValue : (long)soft;

    /// <summary>Up to the hard limit. The JIT's runtime has done so by itself.</summary>
    public static void Raise()
    {
        lock (Gate)
        {
            var limit = Read();
            if (limit.Soft >= limit.Hard) return;
            var raised = limit with { Soft = limit.Hard };
            if (Libc.ResourceLimit(0, Descriptors, &raised, null) == 0) Former ??= (long)limit.Soft;
        }
    }

    /// <summary>Sets another process's soft limit, or this one's; best effort.</summary>
    /// <param name="pid">0: this process.</param>
    /// <param name="soft">Null: as it is.</param>
    public static void Give(int pid, long? soft)
    {
        Libc.Limit limit;
        if (soft is not { } wanted || Libc.ResourceLimit(pid, Descriptors, null, &limit) != 0) return;
        limit.Soft = Math.Min((ulong)wanted, limit.Hard);
        _ = Libc.ResourceLimit(pid, Descriptors, &limit, null);
    }

    /// <summary>How many client connections leave <see cref="Reserve"/>, or half where there is less: each may need one to an instance.</summary>
    public static int ClientsWithin(long soft) => (int)Math.Min(Math.Max(soft - Reserve, soft / 2) / 2, int.MaxValue);

    private static Libc.Limit Read()
    {
        Libc.Limit limit;
        return Libc.ResourceLimit(0, Descriptors, null, &limit) == 0 ? limit : new() { Soft = 1024, Hard = 1024 };
    }
}
