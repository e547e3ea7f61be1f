using System.Diagnostics;
using System.Text;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <param name="ExitCode">Null when it was killed or could not be started.</param>
/// <param name="Signal">That ended it, or null.</param>
/// <param name="Output">Standard output and error as they came, at most the limit.</param>
/// <param name="Error">Why it could not be started, or null.</param>
/// <param name="Shortage">It could not be started for want of the host's own descriptors or memory.</param>
internal sealed record CommandResult(
    int? ExitCode, int? Signal, bool TimedOut, string Output, bool OutputCut, TimeSpan Took, string? Error, bool Shortage = false)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;

    /// <summary>What happened, to stand after the command's name.</summary>
    public string Describe()
    {
        if (Error is not null) return $"cannot be started: {Error}";
        if (TimedOut) return FormattableString.Invariant($"was killed after its limit of {Took.TotalSeconds:0.#} s");
        var how = Signal is { } signal ? $"was killed by signal {signal}" : $"exited with code {ExitCode}";
        return Output.Trim() is { Length: > 0 } text ? $"{how}: {text[Math.Max(0, text.Length - 200)..].ReplaceLineEndings(" ")}" : how;
    }
}

/// <summary>Runs one command to its end: own process group, bounded time and output, nothing left behind.</summary>
internal static class CommandRunner
{
    /// <param name="environment">All that the command sees; nothing is inherited.</param>
    /// <param name="outputLimit">Bytes kept; what comes after is read and dropped.</param>
    /// <exception cref="OperationCanceledException">The command was killed because the caller gave up.</exception>
    /// <exception cref="IOException">There is no descriptor for a pipe; nothing was started.</exception>
    public static Task<CommandResult> RunAsync(
        IReadOnlyList<string> command, string workingDirectory, IReadOnlyDictionary<string, string> environment,
        TimeSpan timeout, int outputLimit, CancellationToken cancel) =>
        // a thread of its own: it sits in poll, and the pool has few
        Task.Factory.StartNew(
            () => Run(command, workingDirectory, environment, timeout, outputLimit, cancel),
            cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static CommandResult Run(
        IReadOnlyList<string> command, string workingDirectory, IReadOnlyDictionary<string, string> environment,
        TimeSpan timeout, int outputLimit, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        if (!Directory.Exists(workingDirectory)) return Failed($"{workingDirectory} does not exist");
        if (ProgramPath.Find(command[0], workingDirectory, environment, out var problem) is not { } program) return Failed(problem);
        using var output = new CommandOutput(outputLimit);
        // made before there is a child: nothing that can fail may stand between its start and its end
        using var wake = new WakePipe();
        var error = Spawn.Start(
            new(program, command, environment, workingDirectory, output.WriteEnd, output.WriteEnd), out var pid);
        output.CloseWriteEnd();
        if (error != 0) return Failed(Libc.Message(error), Shortage.Is(error));
        DescriptorLimit.Give(pid, DescriptorLimit.Former);
        var (timedOut, reaped, status) = Finish(pid, output, wake, timeout, cancel);
        cancel.ThrowIfCancellationRequested();
        if (!reaped) return Failed("how it ended was not told");
        var signal = status & 0x7f;
        return new(
            signal == 0 ? (status >> 8) & 0xff : null, signal == 0 ? null : signal, timedOut,
            Encoding.UTF8.GetString(output.Kept), output.Cut, started.Elapsed, null);

        CommandResult Failed(string why, bool shortage = false) => new(null, null, false, "", false, started.Elapsed, why, shortage);
    }

    private static (bool TimedOut, bool Reaped, int Status) Finish(
        int pid, CommandOutput output, WakePipe wake, TimeSpan timeout, CancellationToken cancel)
    {
        var (timedOut, reaped, status) = (false, false, 0);
        try
        {
            timedOut = !WaitForEnd(pid, output, wake, timeout, cancel);
        }
        finally
        {
            // its leader is still unreaped, so the group's number is still its own
            _ = Libc.Kill(-pid, Libc.Sigkill);
            reaped = Reap(pid, out status);
        }
        output.ReadWhatIsThere();
        return (timedOut, reaped, status);
    }

    /// <returns>False where somebody else took the exit status: then it is not known, and not 0.</returns>
    private static bool Reap(int pid, out int status)
    {
        int got;
        do got = Libc.WaitPid(pid, out status, 0);
        while (got < 0 && Libc.LastError == Libc.Eintr);
        return got == pid;
    }

    /// <returns>False where the time ran out first.</returns>
    private static bool WaitForEnd(int pid, CommandOutput output, WakePipe wake, TimeSpan timeout, CancellationToken cancel)
    {
        var started = Stopwatch.StartNew();
        var pidfd = Pidfd.Open(pid);
        using var registration = cancel.Register(wake.Wake);
        try
        {
            while (!ChildExit.HasEnded(pid) && !cancel.IsCancellationRequested)
            {
                if (started.Elapsed >= timeout) return false;
                output.WaitAndRead(pidfd, wake.ReadEnd, timeout - started.Elapsed);
            }
            return true;
        }
        finally
        {
            if (pidfd >= 0) Libc.Close(pidfd);
        }
    }
}
