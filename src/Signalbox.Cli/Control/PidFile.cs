using System.Globalization;

namespace Signalbox.Cli.Control;

/// <summary>Which process the host is: its id and start time, so that a reused id is not taken for it. The host writes it with its lock.</summary>
internal sealed record PidFile(int ProcessId, long Start)
{
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
