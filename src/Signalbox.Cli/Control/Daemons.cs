using System.Diagnostics;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>Starts the host and the control plane where they do not run, and waits until they answer.</summary>
internal static class Daemons
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Poll = TimeSpan.FromMilliseconds(20);

    public static async Task EnsureRunningAsync(Installation state, Action<string> say, CancellationToken cancel)
    {
        state.Create();
        if (PidFile.ReadRunning(state.HostPid) is null)
            await StartAsync("host", state, state.HostLog, () => PidFile.ReadRunning(state.HostPid) is not null, say, cancel).ConfigureAwait(false);
        if (state.RunningControlPlane() is null)
            await StartAsync("serve", state, state.ServeLog, () => state.RunningControlPlane() is not null, say, cancel).ConfigureAwait(false);
    }

    private static async Task StartAsync(
        string verb, Installation state, string log, Func<bool> isReady, Action<string> say, CancellationToken cancel)
    {
        using var process = SelfProgram.Start(verb, Daemonize.Option, "--state", state.Path);
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (!isReady())
        {
            if (process.HasExited || DateTimeOffset.UtcNow > deadline) throw DidNotStart(verb, process, log);
            await Task.Delay(Poll, cancel).ConfigureAwait(false);
        }
        say($"started {verb} (pid {process.Id}, log {log})");
    }

    private static SignalboxException DidNotStart(string verb, Process process, string log)
    {
        var how = process.HasExited ? $"ended with exit code {process.ExitCode}" : $"was not ready after {Patience.TotalSeconds:0} s";
        var last = File.Exists(log) ? File.ReadLines(log).TakeLast(5).ToList() : [];
        return new(ExitCode.Undecided, Finding.Error(
            "daemon-not-started", $"`signalbox {verb}` {how}{(last.Count > 0 ? $"; its last words: {string.Join(" | ", last)}" : "")}",
            new(log), $"signalbox {verb}"));
    }
}
