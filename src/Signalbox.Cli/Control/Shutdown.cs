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

    /// <summary>A control plane or a host that takes longer to end hangs; it finishes requests for a few seconds at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45), Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>What a shim takes beyond its workload's stop grace, after which it kills it.</summary>
    private static readonly TimeSpan AfterGrace = TimeSpan.FromSeconds(15);

    /// <returns>How many processes were ended.</returns>
    public static async Task<int> RunAsync(Installation state)
    {
        var ended = 0;
        if (state.RunningControlPlane() is { } plane) ended += await EndAsync([new(plane.ProcessId, plane.ProcessStart)], Patience).ConfigureAwait(false);
        if (PidFile.ReadRunning(state.HostPid) is { } host) ended += await EndAsync([host], Patience).ConfigureAwait(false);
        var shims = Shims(state);
        ended += await EndAsync([.. shims.Select(shim => shim.Process)], PatienceFor(shims)).ConfigureAwait(false);
        Leftovers.EndAll(state.Join("instances"));
        return ended;
    }

    /// <summary>The shims that run now, each of which ends with its workload, and the stop grace that it gives it.</summary>
    public static List<(PidFile Process, TimeSpan Grace)> Shims(Installation state)
    {
        var instances = state.Join("instances");
        if (!Directory.Exists(instances)) return [];
        return [.. Directory.EnumerateDirectories(instances)
            .Select(directory => (Directory: directory, Running: ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning)))
            .Where(shim => shim.Running is { } running && (running.Boot.Length == 0 || running.Boot == ProcessFacts.Boot) && ProcessIdentity.IsRunning(running.ShimPid, running.ShimStart))
            .Select(shim => (new PidFile(shim.Running!.ShimPid, shim.Running.ShimStart), ShimFiles.Read(shim.Directory, ShimFiles.Spec, ShimJson.Default.ShimSpec)?.StopGrace ?? TimeSpan.Zero))];
    }

    /// <summary>As long as the slowest workload may take: a shim that is killed before leaves its workload in the middle of its work.</summary>
    public static TimeSpan PatienceFor(IEnumerable<(PidFile Process, TimeSpan Grace)> shims) => shims.Select(shim => shim.Grace).DefaultIfEmpty(TimeSpan.Zero).Max() + AfterGrace;

    private static async Task<int> EndAsync(List<PidFile> processes, TimeSpan patience)
    {
        foreach (var process in processes) Daemonize.Signal(process.ProcessId, Terminate);
        var deadline = DateTimeOffset.UtcNow + patience;
        while (processes.Any(IsRunning) && DateTimeOffset.UtcNow < deadline)
            await Task.Delay(Poll).ConfigureAwait(false);
        foreach (var process in processes.Where(IsRunning)) Daemonize.Signal(process.ProcessId, Kill);
        return processes.Count;
    }

    private static bool IsRunning(PidFile process) => ProcessIdentity.IsRunning(process.ProcessId, process.Start);
}
