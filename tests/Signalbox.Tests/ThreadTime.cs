using System.Globalization;

namespace Signalbox.Tests;

/// <summary>The time that this thread has had of a processor: what a reader costs, whatever runs beside it.</summary>
internal static class ThreadTime
{
    /// <summary>User and system time, to a hundredth of a second (proc(5): fields 14 and 15 of stat, in units that are 1/100 s on Linux).</summary>
    public static TimeSpan Used
    {
        get
        {
            var stat = File.ReadAllText("/proc/thread-self/stat");
            // the name in parentheses may hold spaces; the state, field 3, comes after it
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromMilliseconds(10 * (Ticks(fields[11]) + Ticks(fields[12])));
        }
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
