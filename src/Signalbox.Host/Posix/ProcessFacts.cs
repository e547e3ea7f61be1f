using System.Globalization;
using System.Text;

namespace Signalbox.Host.Posix;

/// <summary>
/// What /proc tells of a process beside its stat line; nothing where it is gone or may not be looked into. An
/// <see cref="IOException"/> where this process lacks the descriptor to look.
/// </summary>
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

    /// <summary>The values of a variable that it was started with: mostly one or none.</summary>
    public static IReadOnlyList<string> ValuesOf(int pid, string name) =>
        [.. Encoding.UTF8.GetString(Of(pid, "environ")).Split('\0')
            .Where(v => v.Length > name.Length && v[name.Length] == '=' && v.StartsWith(name, StringComparison.Ordinal))
            .Select(v => v[(name.Length + 1)..])];

    public static IReadOnlyList<string> ArgumentsOf(int pid) => Encoding.UTF8.GetString(Of(pid, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] Of(int pid, string name) => Read($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/{name}");

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !Shortage.Is(e))
        {
            return [];
        }
    }
}
