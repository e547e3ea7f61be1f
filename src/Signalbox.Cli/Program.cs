using System.Runtime.InteropServices;
using Signalbox.Cli.Control;
using Signalbox.Cli.Example;
using Signalbox.Cli.Verbs;

namespace Signalbox.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args) => args switch
    {
        // answered before the command tree is built: both are started often and must be quick
        ["--version"] => SayVersion(),
        ["example-app", ..] => ExampleApp.RunAsync(args[1..]),
        ["shim", ..] => Task.FromResult(ShimVerb.Run(args[1..])),
        ["host" or "serve", Daemonize.Option, "--state", var state] => RunDaemonAsync(args, new(state)),
        _ => RunAsync(args),
    };

    private static Task<int> SayVersion()
    {
        Console.WriteLine(ProductVersion.Line);
        return Task.FromResult(ExitCode.Yes);
    }

    /// <summary>Leaves the terminal before anything has opened the console, which keeps what it opened.</summary>
    private static Task<int> RunDaemonAsync(string[] args, Installation state)
    {
        state.Create();
        Daemonize.Run(args[0] == "host" ? state.HostLog : state.ServeLog);
        return RunAsync(args);
    }

    private static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        return await CommandLine.RunAsync(args, Console.Out, Console.Error, stop.Token).ConfigureAwait(false);
    }

    /// <summary>The first signal asks for an orderly end; a second one is left to end the process, unless the verb takes it.</summary>
    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (!stop.IsCancellationRequested) signal.Cancel = true;
        stop.Cancel();
    }
}
