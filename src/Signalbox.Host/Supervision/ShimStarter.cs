using Signalbox.Host.Posix;
using Signalbox.Host.Shim;

namespace Signalbox.Host.Supervision;

/// <summary>Starts shims and takes hold of those that live.</summary>
internal sealed class ShimStarter(SelfCommand self, ExitWatcher watcher, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(4);

    /// <summary>How long a shim may take from its start to its first file.</summary>
    private static readonly TimeSpan FirstSign = TimeSpan.FromSeconds(20);

    /// <summary>The shim's own variables, never the workload's: a small heap and no debugger's socket.</summary>
    private static readonly Dictionary<string, string> ShimEnvironment = MakeEnvironment();

    /// <returns>The run, or null with the reason: the workload or the shim could not be started.</returns>
    public async Task<(ShimRun? Run, string? Error)> StartAsync(string directory, ShimSpec spec)
    {
        // a run that could not be ended, for want of descriptors: one shim at a time has an instance
        if (IsHeld(directory)) new Leftovers(directory, null, spec.UserId).End();
        File.Delete(Path.Combine(directory, ShimFiles.Running));
        File.Delete(Path.Combine(directory, ShimFiles.Exit));
        ShimFiles.Write(directory, ShimFiles.Spec, spec, ShimJson.Default.ShimSpec);
        var command = self.With("shim", directory);
        var error = Spawn.Start(new(command[0], command, ShimEnvironment, directory, NewSession: true), out var pid);
        if (error != 0) return (null, $"the shim {command[0]} cannot be executed: {Libc.Message(error)}");
        return await FirstSignAsync(directory, spec, pid, await StartOfAsync(pid));
    }

    /// <summary>Waits for a descriptor to look with: the number of a child that nobody collects stays its own.</summary>
    private async Task<long> StartOfAsync(int pid)
    {
        while (true)
        {
            try
            {
                return ProcessStat.Read(pid)?.StartTicks ?? 0;
            }
            catch (IOException)
            {
                await Task.Delay(Look, time);
            }
        }
    }

    /// <summary>Takes hold of a shim that an earlier host started.</summary>
    /// <returns>Null where it does not live.</returns>
    public async Task<ShimRun?> AdoptAsync(string directory, ShimSpec spec)
    {
        var started = time.GetTimestamp();
        while (ShimRun.RunningOf(directory, spec) is null && ShimRun.ExitOf(directory, spec) is null
            && IsHeld(directory) && time.GetElapsedTime(started) < FirstSign)
            await Task.Delay(Look, time);
        // the record is a shim's last act: nothing lives below one that has written it
        if (ShimRun.ExitOf(directory, spec) is not null) return null;
        if (ShimRun.RunningOf(directory, spec) is not { } running || !ProcessStat.IsAlive(running.ShimPid, running.ShimStart)) return null;
        return new ShimRun(directory, spec, running, EndOf(running.ShimPid, running.ShimStart));
    }

    private async Task<(ShimRun? Run, string? Error)> FirstSignAsync(string directory, ShimSpec spec, int pid, long startTicks)
    {
        var ended = EndOf(pid, startTicks);
        var started = time.GetTimestamp();
        while (true)
        {
            var over = ended.IsCompleted;
            if (ShimRun.RunningOf(directory, spec) is { } running) return (new(directory, spec, running, ended), null);
            if (ShimRun.ExitOf(directory, spec) is { } exit) return (null, exit.Error ?? "the workload ended before it was seen");
            if (over) return (null, "the shim ended before it started the workload");
            if (time.GetElapsedTime(started) > FirstSign) return (null, GiveUp(directory, spec));
            await Task.Delay(Look, time);
        }
    }

    private async Task EndOf(int pid, long startTicks)
    {
        await watcher.WatchAsync(pid, startTicks);
        // collects it where it is our child, and says so where it is not
        _ = Libc.WaitPid(pid, out _, Libc.NoHang);
    }

    private static string GiveUp(string directory, ShimSpec spec)
    {
        Leftovers.Of(directory, spec)?.End();
        return $"the shim did not start the workload within {FirstSign.TotalSeconds:0} s";
    }

    private static bool IsHeld(string directory)
    {
        using var held = ShimFiles.TryLock(directory);
        return held is null;
    }

    private static Dictionary<string, string> MakeEnvironment()
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = ProgramPath.DefaultSearch,
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_GCHeapHardLimit"] = "0x4000000",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (var name in new[] { "PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64" })
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) environment[name] = value;
        return environment;
    }
}
