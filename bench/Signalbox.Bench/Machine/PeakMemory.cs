using System.Globalization;

namespace Signalbox.Bench.Machine;

/// <summary>The peak resident size of a process that runs (proc(5), VmHWM).</summary>
internal static class PeakMemory
{
    /// <returns>In MiB; 0 where the process is gone.</returns>
    public static double Of(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0; // it ended between the two
        }
    }
}
