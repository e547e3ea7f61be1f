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
        ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning) is { } running && running.Run == spec.Run ? running : null;

    /// <summary>Asks the shim to end the workload: SIGTERM, the grace, SIGKILL.</summary>
    public void Terminate()
    {
        if (ProcessStat.IsAlive(running.ShimPid, running.ShimStart)) _ = Libc.Kill(running.ShimPid, Libc.Sigterm);
    }

    /// <summary>Kills the shim and all of its session.</summary>
    public void Kill() => Sweep(running);

    /// <summary>Kills what a shim left behind that was itself killed: everything in its session.</summary>
    public static void Sweep(ShimRunning running)
    {
        var processes = ProcessStat.ReadAll();
        // the session's number is free again once it is empty: a stranger may have it now
        if (processes.Exists(p => p.Pid == running.ShimPid && p.StartTicks != running.ShimStart)) return;
        foreach (var process in processes)
            if (process.Session == running.ShimPid && process.StartTicks >= running.ShimStart && process.Alive)
                _ = Libc.Kill(process.Pid, Libc.Sigkill);
    }
}
