using Signalbox.Diagnostics;
using Signalbox.Runtimes;

namespace Signalbox.Cli.Control;

internal static class Daemons
{
    public static IHostClient HostClient(Installation state) => throw Waiting();
    public static Task EnsureRunningAsync(Installation state, Action<string> say, CancellationToken cancel) => throw Waiting();
    public static SignalboxException Waiting() => new(ExitCode.Undecided, Finding.Error("not-yet", "waits for its other half", new("signalbox")));
}
