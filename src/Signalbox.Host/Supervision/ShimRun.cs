using System.Globalization;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;

namespace Signalbox.Host.Supervision;

/// <summary>The host's hold on one run of an instance: a living shim, started or adopted.</summary>
internal sealed class ShimRun(string directory, ShimSpec spec, ShimRunning running, Task ended)
{
    public int Number => spec.Run;

    public int Port => PortOf(spec);

    public int ShimPid => running.ShimPid;

    public int WorkloadPid => running.WorkloadPid;

    public int? UserId => spec.UserId;

    public DateTimeOffset StartedAt => running.StartedAt;

    /// <summary>What the workload sees.</summary>
    public IReadOnlyDictionary<string, string> Environment => spec.Environment;

    /// <summary>Done when the shim, and so everything below it, has ended.</summary>
    public Task Ended => ended;

    /// <summary>How it ended; null while it lives and where the shim itself was killed.</summary>
    public ShimExit? ReadExit() => ExitOf(directory, spec);

    public static int PortOf(ShimSpec spec) =>
        int.TryParse(spec.Environment.GetValueOrDefault("PORT"), CultureInfo.InvariantCulture, out var port) ? port : 0;

    public static ShimExit? ExitOf(string directory, ShimSpec spec) =>
        ShimFiles.Read(directory, ShimFiles.Exit, ShimJson.Default.ShimExit) is { } exit && exit.Run == spec.Run ? exit : null;

    public static ShimRunning? RunningOf(string directory, ShimSpec spec) =>
        ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning) is { } running
        && running.Run == spec.Run && (running.Boot.Length == 0 || running.Boot == ProcessFacts.Boot) ? running : null;

    /// <summary>Asks the shim to end the workload: SIGTERM, the grace, SIGKILL.</summary>
    public void Terminate() => Pidfd.Signal(running.ShimPid, running.ShimStart, Libc.Sigterm);

    /// <summary>Kills the shim, and all that is or was below it.</summary>
    public void Kill() => new Leftovers(directory, running, spec.UserId).End();
}
