using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;

namespace Signalbox.Cli.Control;

/// <summary>
/// Ends what runs on a state directory: the control plane first, so that nothing is decided any more; the host, so
/// that nothing is restarted; then each shim, which ends its workload gracefully, and what a killed shim left.
/// </summary>
internal static class Shutdown
{
    private const int Terminate = 15, Kill = 9;

    /// <summary>A shim gives its workload the stop grace of its service and then kills it; longer than that it may not take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45), Poll = TimeSpan.FromMilliseconds(20);

    /// <returns>How many processes were ended.</returns>
    public static async Task<int> RunAsync(Installation state)
    {
        var ended = 0;
        if (state.RunningControlPlane() is { } plane) ended += await EndAsync([new(plane.ProcessId, plane.ProcessStart)]).ConfigureAwait(false);
        if (PidFile.ReadRunning(state.HostPid) is { } host) ended += await EndAsync([host]).ConfigureAwait(false);
        ended += await EndAsync(Shims(state)).ConfigureAwait(false);
        Leftovers.EndAll(state.Join("instances"));
        return ended;
    }

    /// <summary>The shims that run now, each of which ends with its workload.</summary>
    public static List<PidFile> Shims(Installation state)
    {
        var instances = state.Join("instances");
        if (!Directory.Exists(instances)) return [];
        return [.. Directory.EnumerateDirectories(instances)
            .Select(directory => ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning))
            .OfType<ShimRunning>()
            .Where(shim => (shim.Boot.Length == 0 || shim.Boot == ProcessFacts.Boot) && ProcessIdentity.IsRunning(shim.ShimPid, shim.ShimStart))
            .Select(shim => new PidFile(shim.ShimPid, shim.ShimStart))];
    }

    private static async Task<int> EndAsync(List<PidFile> processes)
    {
        foreach (var process in processes) Daemonize.Signal(process.ProcessId, Terminate);
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (processes.Any(IsRunning) && DateTimeOffset.UtcNow < deadline)
            await Task.Delay(Poll).ConfigureAwait(false);
        foreach (var process in processes.Where(IsRunning)) Daemonize.Signal(process.ProcessId, Kill);
        return processes.Count;
    }

    private static bool IsRunning(PidFile process) => ProcessIdentity.IsRunning(process.ProcessId, process.Start);
}
