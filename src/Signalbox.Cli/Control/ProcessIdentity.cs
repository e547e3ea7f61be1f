using System.Globalization;

namespace Signalbox.Cli.Control;

/// <summary>A process id that was used again is told apart by its start time (proc(5), /proc/PID/stat field 22).</summary>
internal static class ProcessIdentity
{
    public static bool IsRunning(int processId, long start) => StartOf(processId) == start;

    /// <returns>Clock ticks after boot; null where there is no such process, or it is a zombie.</returns>
    public static long? StartOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat");
            // the name in field 2 may hold spaces and parentheses: count from its last one
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
