using System.Diagnostics;
using System.Net.Sockets;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>Starts the host and the control plane where they do not run, and waits until they answer.</summary>
internal static class Daemons
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Ending = TimeSpan.FromSeconds(60), Poll = TimeSpan.FromMilliseconds(20);

    public static async Task EnsureRunningAsync(Installation state, Action<string> say, CancellationToken cancel)
    {
        state.Create();
        if (!HostAnswers(state) && !await AnswersWhileItRunsAsync(() => PidFile.ReadRunning(state.HostPid) is not null, () => HostAnswers(state), cancel).ConfigureAwait(false))
            await StartAsync("host", state, state.HostLog, () => HostAnswers(state), say, cancel).ConfigureAwait(false);
        // one that is ending still runs, and hears nobody any more
        if (!await AnswersWhileItRunsAsync(() => state.RunningControlPlane() is not null, () => PlaneAnswers(state), cancel).ConfigureAwait(false))
            await StartAsync("serve", state, state.ServeLog, () => PlaneAnswers(state), say, cancel).ConfigureAwait(false);
    }

    /// <summary>Its socket takes connections: it has made its tables true again.</summary>
    private static bool HostAnswers(Installation state)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(state.HostSocket));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // the host itself says so where the path is too long for a socket
            return false;
        }
    }

    /// <summary>Its port takes connections.</summary>
    private static bool PlaneAnswers(Installation state)
    {
        if (state.RunningControlPlane() is not { } file) return false;
        var address = new Uri(file.Address);
        try
        {
            using var client = new TcpClient(address.DnsSafeHost, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What somebody else started and does not answer yet, or is ending, is waited for.</summary>
    private static async Task<bool> AnswersWhileItRunsAsync(Func<bool> runs, Func<bool> answers, CancellationToken cancel)
    {
        for (var deadline = DateTimeOffset.UtcNow + Ending; runs() && DateTimeOffset.UtcNow < deadline;)
        {
            if (answers()) return true;
            await Task.Delay(Poll, cancel).ConfigureAwait(false);
        }
        return false;
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
