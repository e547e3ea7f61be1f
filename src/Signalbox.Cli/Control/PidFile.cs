using System.Globalization;

namespace Signalbox.Cli.Control;

/// <summary>Which process a daemon is: its id and start time, so that a reused id is not taken for it.</summary>
internal sealed record PidFile(int ProcessId, long Start)
{
    public static void Write(string path) =>
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {ProcessIdentity.StartOf(Environment.ProcessId)}\n"));

    /// <summary>Removes the file where it is this process's own.</summary>
    public static void Remove(string path)
    {
        if (ReadRunning(path)?.ProcessId == Environment.ProcessId) File.Delete(path);
    }

    /// <returns>Null where it does not run.</returns>
    public static PidFile? ReadRunning(string path)
    {
        if (!File.Exists(path)) return null;
        var parts = File.ReadAllText(path).Split(' ', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && ProcessIdentity.IsRunning(process, start) ? new(process, start) : null;
    }
}
