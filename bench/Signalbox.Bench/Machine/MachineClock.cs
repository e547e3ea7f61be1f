using System.Diagnostics;

namespace Signalbox.Bench.Machine;

/// <summary>
/// Wall-clock times of another process on this machine as timestamps of this one. Both clocks are read now, so
/// convert soon: within a few microseconds as long as nobody sets the wall clock meanwhile.
/// </summary>
internal static class MachineClock
{
    public static long TimestampOf(DateTimeOffset at)
    {
        var (now, wall) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        return now - (long)((wall - at).TotalSeconds * Stopwatch.Frequency);
    }
}
