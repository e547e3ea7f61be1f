using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Host;

namespace Signalbox.Cli.Verbs;

internal static class HostVerb
{
    public static Command Create()
    {
        var verb = new Verb("host", "Run the data plane in the foreground: workloads, the proxy before them, the judge. `up` starts it for you.",
            "signalbox host --state /var/lib/signalbox");
        verb.Add(DaemonVerb.Daemon());
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        session.State.Create();
        // workloads find `signalbox` also where it is on nobody's PATH
        Environment.SetEnvironmentVariable("PATH", SelfProgram.SearchPath);
        using var loggers = DaemonVerb.Loggers();
        var options = new HostOptions(session.State.Path) { Loggers = loggers };
        return await HostDaemon.RunAsync(options, session.Cancel).ConfigureAwait(false);
    }
}
