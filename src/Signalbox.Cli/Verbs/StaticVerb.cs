using System.CommandLine;
using System.Globalization;
using Signalbox.Cli.StaticSite;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>What takes a built site out: the workload of services that are nothing but files.</summary>
internal static class StaticVerb
{
    private static readonly Argument<string> Root = new("DIR") { Description = "the directory to serve", DefaultValueFactory = _ => "." };
    private static readonly Option<bool> Spa = new("--spa") { Description = "answer pages that are no files with index.html: the program in the browser knows them" };
    private static readonly Option<int?> Port = new("--port") { Description = "listen here on 127.0.0.1 (default: $PORT)", HelpName = "PORT" };

    public static Command Create()
    {
        var verb = new Verb("static", "Serve a directory's files over HTTP, read-only, until it is told to stop. For static sites as services: process: { command: [signalbox, static, .] }.",
            "signalbox static dist --port 8081", "PORT=8081 signalbox static --spa dist");
        verb.Add(Root);
        verb.Add(Spa);
        verb.Add(Port);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var root = Path.GetFullPath(session.Get(Root)!);
        if (!Directory.Exists(root))
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("static-missing", "there is no such directory; expected one with index.html", new(session.Get(Root)!), "signalbox static ."));
        var port = session.Get(Port) ?? FromEnvironment();
        await using var server = await SiteServer.StartAsync(new(root), port, session.Get(Spa)).ConfigureAwait(false);
        session.Say($"serving {root} at http://127.0.0.1:{server.Port.ToString(CultureInfo.InvariantCulture)}/");
        session.Out.Flush();
        await Task.Delay(Timeout.Infinite, session.Cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Yes;
    }

    private static int FromEnvironment()
    {
        var text = Environment.GetEnvironmentVariable("PORT");
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new SignalboxException(ExitCode.Usage, Finding.Error("static-port", $"PORT is '{text}'; expected a port, there or as --port", new("environment"), "signalbox static --port 8081"));
    }
}
