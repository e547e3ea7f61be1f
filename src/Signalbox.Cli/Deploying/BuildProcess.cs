using System.Collections;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Host.Posix;

namespace Signalbox.Cli.Deploying;

/// <summary>How a build ended.</summary>
/// <param name="ExitCode">Null where it was killed or could not be started.</param>
/// <param name="LastLines">Of its output and errors.</param>
/// <param name="Problem">Why it could not be started.</param>
internal sealed record BuildEnd(int? ExitCode, int? Signal, bool TimedOut, IReadOnlyList<string> LastLines, TimeSpan Took, string? Problem = null)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;

    public string Describe(BuildStep build)
    {
        if (Problem is not null) return $"cannot be started: {Problem}";
        if (TimedOut) return FormattableString.Invariant($"took longer than its limit of {build.Timeout.TotalSeconds:0.#} s and was ended");
        return Signal is { } signal ? $"was killed by signal {signal}" : $"exited with code {ExitCode}";
    }
}

/// <summary>
/// One run of a build: a shell in a process group of its own, so that all of it ends together, with nothing to read and one
/// pipe to write to. It sees the environment of whoever deploys: it is their own command, in their own directory.
/// </summary>
/// <param name="show">Gets the output as it comes; null where nobody looks on.</param>
internal sealed class BuildProcess(BuildStep build, string directory, Action<string>? show)
{
    private const string Shell = "/bin/sh";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Between SIGTERM and SIGKILL where the build is to end early.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>What escaped the group (a compiler's server) may hold the pipe open for ever.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly LastLines _lines = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <exception cref="OperationCanceledException">The build was ended because the caller gave up.</exception>
    public async Task<BuildEnd> RunAsync(CancellationToken cancel)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var output = (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
        var error = Spawn.Start(new(Shell, ["sh", "-e", "-c", build.Run], Surroundings(), directory, output, output), out var pid);
        pipe.DisposeLocalCopyOfClientHandle();
        if (error != 0) return new(null, null, false, [], _clock.Elapsed, Libc.Message(error));
        var reading = ReadAsync(pipe);
        var timedOut = !await EndsAsync(pid, cancel).ConfigureAwait(false);
        if (timedOut || cancel.IsCancellationRequested) await AskToEndAsync(pid).ConfigureAwait(false);
        // its leader is not collected yet, so the group's number is still its own
        _ = Libc.Kill(-pid, Libc.Sigkill);
        var status = Collect(pid);
        await Task.WhenAny(reading, Task.Delay(LastWords, CancellationToken.None)).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        var signal = status & 0x7f;
        return new(signal == 0 ? (status >> 8) & 0xff : null, signal == 0 ? null : signal, timedOut, _lines.ToList(), _clock.Elapsed);
    }

    private Dictionary<string, string> Surroundings()
    {
        var seen = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
        foreach (var (name, variable) in build.Environment)
            if ((variable.Text ?? seen.GetValueOrDefault(variable.From!)) is { } value) seen[name] = value;
        return seen;
    }

    /// <returns>False where its time ran out; true where it ended or the caller gave up.</returns>
    private async Task<bool> EndsAsync(int pid, CancellationToken cancel)
    {
        while (!ChildExit.HasEnded(pid) && !cancel.IsCancellationRequested)
        {
            if (_clock.Elapsed > build.Timeout) return false;
            await Task.Delay(Poll, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return true;
    }

    private static async Task AskToEndAsync(int pid)
    {
        _ = Libc.Kill(-pid, Libc.Sigterm);
        for (var asked = Stopwatch.StartNew(); asked.Elapsed < Grace && !ChildExit.HasEnded(pid);)
            await Task.Delay(Poll, CancellationToken.None).ConfigureAwait(false);
    }

    private static int Collect(int pid)
    {
        int got, status;
        do got = Libc.WaitPid(pid, out status, 0);
        while (got < 0 && Libc.LastError == Libc.Eintr);
        // where somebody else took the exit status it is not known, and not 0
        return got == pid ? status : 0xff00;
    }

    private async Task ReadAsync(AnonymousPipeServerStream pipe)
    {
        try
        {
            using var reader = new StreamReader(pipe, Encoding.UTF8, leaveOpen: true);
            var buffer = new char[4096];
            for (int count; (count = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                var text = new string(buffer, 0, count);
                _lines.Add(text);
                show?.Invoke(text);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // the pipe was given up while something that escaped still held it
        }
    }
}
