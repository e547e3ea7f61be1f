using System.Runtime.InteropServices;

namespace Signalbox.Testing.App;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var options = new AppOptions(args);
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new Server(options);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            if (!options.IgnoreTerm) _ = StopAsync(server, ended);
        });
        await Task.Delay(TimeSpan.FromMilliseconds(options.StartDelayMs));
        server.Listen();
        Console.WriteLine($"version {options.Version} listens on port {options.Port}");
        if (options.ExitAfterMs > 0) _ = ExitAsync(options, ended);
        return await ended.Task;
    }

    private static async Task StopAsync(Server server, TaskCompletionSource<int> ended)
    {
        Console.WriteLine("SIGTERM: draining");
        await server.DrainAsync();
        ended.TrySetResult(0);
    }

    private static async Task ExitAsync(AppOptions options, TaskCompletionSource<int> ended)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(options.ExitAfterMs));
        Console.Error.WriteLine($"exiting with code {options.ExitCode}");
        ended.TrySetResult(options.ExitCode);
    }
}
