using System.Globalization;
using System.Text;

namespace Signalbox.Host.Posix;

/// <summary>What /proc tells of a process beside its stat line; nothing where it is gone or may not be looked into.</summary>
internal static class ProcessFacts
{
    /// <summary>The boot that pids and start times belong to; "" where the kernel does not tell.</summary>
    public static string Boot { get; } = Encoding.ASCII.GetString(Read("/proc/sys/kernel/random/boot_id")).Trim();

    /// <summary>Whose it is: the real user.</summary>
    public static int? UserOf(int pid)
    {
        foreach (var line in Encoding.Latin1.GetString(Of(pid, "status")).Split('\n'))
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
                return int.TryParse(line.Split('\t')[1], CultureInfo.InvariantCulture, out var user) ? user : null;
        return null;
    }

    /// <summary>Whether it was started with this variable.</summary>
    public static bool HasVariable(int pid, string name, string value)
    {
        byte[] all = [0, .. Of(pid, "environ"), 0];
        return all.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{name}={value}\0")) >= 0;
    }

    public static IReadOnlyList<string> ArgumentsOf(int pid) => Encoding.UTF8.GetString(Of(pid, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Of(int pid, string name) => Read($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/{name}");

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
