using System.Globalization;
using System.Text;

namespace Signalbox.Host.Posix;

/// <summary>One line of /proc/PID/stat (proc_pid_stat(5)).</summary>
/// <param name="StartTicks">Field 22, clock ticks after boot: tells a reused pid apart.</param>
internal readonly record struct ProcessStat(int Pid, char State, int Parent, int Group, int Session, long StartTicks)
{
    /// <summary>A zombie has ended; only its parent has not looked yet.</summary>
    public bool Alive => State is not ('Z' or 'X' or 'x');

    /// <returns>Null where there is no such process, or it may not be looked into.</returns>
    /// <exception cref="IOException">It could not be read, which tells nothing of the process: no descriptor was left, for one.</exception>
    public static ProcessStat? Read(int pid)
    {
        try
        {
            return Parse(Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat")));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            or IOException { HResult: Libc.NoProcess })
        {
            return null;
        }
    }

    /// <summary>All processes that can be seen now.</summary>
    public static List<ProcessStat> ReadAll()
    {
        var all = new List<ProcessStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } stat)
                all.Add(stat);
        return all;
    }

    public static bool IsAlive(int pid, long startTicks) => Read(pid) is { Alive: true } stat && stat.StartTicks == startTicks;

    internal static ProcessStat? Parse(string line)
    {
        // the name in brackets may hold anything, brackets and spaces too: the last one closes it
        var open = line.IndexOf('(');
        var close = line.LastIndexOf(')');
        if (open < 2 || close < open) return null;
        var fields = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || !int.TryParse(line.AsSpan(0, open - 1), CultureInfo.InvariantCulture, out var pid)) return null;
        return new(pid, fields[0][0], Number(fields[1]), Number(fields[2]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
}
