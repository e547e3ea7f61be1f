using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Shim;

/// <summary>One run of a workload under the shim, from its start until nothing of it is left.</summary>
internal sealed class WorkloadRun(string directory, ShimSpec spec, TimeProvider time) : IDisposable
{
    /// <summary>Between two rounds of killing what does not go.</summary>
    private static readonly TimeSpan KillRound = TimeSpan.FromMilliseconds(20);

    /// <summary>How long output may take to arrive after the last process ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly WakePipe _wake = new();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private volatile bool _stopAsked;
    private int _pid;
    private long? _termAt;

    /// <summary>From any thread: end the workload, gently first.</summary>
    public void Stop()
    {
        _stopAsked = true;
        _wake.Wake();
    }

    public void Execute()
    {
        using var log = new RotatingLog(spec.LogFile, spec.LogFileBytes, spec.LogFiles, time);
        var pump = new LogPump(log, _wake, time);
        if (StartWorkload(pump) is { } error)
        {
            Record(null, null, error);
            return;
        }
        var reaper = new Reaper(_pid, _wake.Wake);
        reaper.Start();
        var unannounced = Announce();
        RunToEnd(pump, reaper);
        var status = reaper.Status;
        var signal = status & 0x7f;
        if (unannounced is not null) Record(null, null, unannounced);
        else Record(signal == 0 ? (status >> 8) & 0xff : null, signal == 0 ? null : signal, null);
    }

    public void Dispose() => _wake.Dispose();

    private string? StartWorkload(LogPump pump)
    {
        if (!Directory.Exists(spec.WorkingDirectory)) return $"the artifact's directory {spec.WorkingDirectory} does not exist";
        var program = ProgramPath.Find(spec.Command[0], spec.WorkingDirectory, spec.Environment, out var problem);
        if (program is null) return problem;
        IReadOnlyList<string> command = [program, .. spec.Command.Skip(1)];
        var environment = spec.Environment;
        if (spec.UserId is { } user)
        {
            if (FileUser.ClosedPart(program, user) is { } closed) return OutOfReach(program, closed, user);
            (command, environment) = WorkloadUser.Wrap(user, command, environment);
        }
        // the shim needs few: it keeps the limit that the workload gets
        DescriptorLimit.Give(0, spec.Descriptors);
        var error = Spawn.Start(
            new(command[0], command, environment, spec.WorkingDirectory, pump.Output, pump.Error), out _pid);
        pump.CloseWriteEnds();
        return error == 0 ? null : $"'{spec.Command[0]}' cannot be executed: {Libc.Message(error)}";
    }

    private static string OutOfReach(string program, string closed, int user) =>
        $"'{program}' cannot be executed by user {user}, whom this service has: '{closed}' is closed to it; expected a program that everyone may execute. "
        + $"Put it where everyone reaches it (install -m 755 {program} /usr/local/bin/), or start the host with {SupervisionPaths.SameUserVariable}=1";

    /// <summary>A workload that no host can find must not run: where this fails, it is killed again.</summary>
    private string? Announce()
    {
        var self = Environment.ProcessId;
        var running = new ShimRunning(
            spec.Run, self, ProcessStat.Read(self)?.StartTicks ?? 0, _pid, ProcessStat.Read(_pid)?.StartTicks ?? 0, _startedAt,
            ProcessFacts.Boot);
        try
        {
            ShimFiles.Write(directory, ShimFiles.Running, running, ShimJson.Default.ShimRunning);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            KillAll();
            return $"the shim cannot write {ShimFiles.Running}: {e.Message}";
        }
    }

    private void RunToEnd(LogPump pump, Reaper reaper)
    {
        while (!reaper.Alone) pump.Turn(Act(reaper));
        var deadline = time.GetTimestamp();
        while (!pump.Ended && time.GetElapsedTime(deadline) < LastWords) pump.Turn(KillRound);
        pump.Finish();
    }

    /// <returns>When to look again at the latest.</returns>
    private TimeSpan? Act(Reaper reaper)
    {
        try
        {
            if (_stopAsked && _termAt is null) Terminate(reaper);
            var kill = MustKill(reaper);
            if (kill) KillAll();
            return kill ? KillRound : UntilKill(reaper);
        }
        catch (IOException)
        {
            // no descriptor to look at the processes with; there will be
            return KillRound;
        }
    }

    private void Terminate(Reaper reaper)
    {
        if (!reaper.WorkloadEnded || GroupLives(ProcessStat.ReadAll())) _ = Libc.Kill(-_pid, Libc.Sigterm);
        _termAt = time.GetTimestamp();
    }

    /// <summary>
    /// After the grace, or once the first process has ended: at once where nobody asked for it, and where a stop
    /// was asked when its whole group is gone, since what a shell started may still be finishing its requests.
    /// </summary>
    private bool MustKill(Reaper reaper)
    {
        if (_termAt is { } at && time.GetElapsedTime(at) >= spec.StopGrace) return true;
        return reaper.WorkloadEnded && (_termAt is null || !GroupLives(ProcessStat.ReadAll()));
    }

    /// <summary>
    /// Whether anything of the workload's group is left. Once its first process is collected and the group is empty the
    /// number is free again, for a group of another session.
    /// </summary>
    private bool GroupLives(List<ProcessStat> processes) => processes.Exists(p => p.Group == _pid && p.Session == Environment.ProcessId && p.Alive);

    private TimeSpan? UntilKill(Reaper reaper)
    {
        if (_termAt is not { } at) return null;
        var left = spec.StopGrace - time.GetElapsedTime(at);
        // what is left of the group once its first process has ended wakes nobody: look again soon
        return reaper.WorkloadEnded && left > KillRound ? KillRound : left;
    }

    private void KillAll()
    {
        var self = Environment.ProcessId;
        var processes = ProcessStat.ReadAll();
        if (GroupLives(processes)) _ = Libc.Kill(-_pid, Libc.Sigkill);
        // one whose first thread has ended looks like a zombie while its other threads run
        foreach (var process in processes)
            if (process.Parent == self) Pidfd.Signal(process.Pid, process.StartTicks, Libc.Sigkill);
    }

    private void Record(int? code, int? signal, string? error) =>
        ShimFiles.Write(directory, ShimFiles.Exit,
            new ShimExit(spec.Run, code, signal, error, _stopAsked, _startedAt, time.GetUtcNow()), ShimJson.Default.ShimExit);
}
