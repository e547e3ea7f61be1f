using System.CommandLine;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

internal static class LogsVerb
{
    /// <summary>As the control plane has it.</summary>
    private const int MostLines = 10_000;

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "go on as lines come" };
    private static readonly Option<string?> Service = new("--service") { Description = "only this service", HelpName = "NAME" };
    private static readonly Option<string?> Release = new("--release") { Description = "only this release, also where it runs no more", HelpName = "ID" };
    private static readonly Option<string?> Application = new("--app") { Description = "of this application, where there are several", HelpName = "NAME" };
    private static readonly Option<string?> Env = new("--env") { Description = "of this environment, where there are several", HelpName = "NAME" };
    private static readonly Option<int> Lines = new Option<int>("--lines", "-n") { Description = "the last N lines", HelpName = "N", DefaultValueFactory = _ => 200 }.Within(1, MostLines);

    public static Command Create()
    {
        var verb = new Verb("logs", "Show what the instances wrote, also those that were stopped.",
            "signalbox logs", "signalbox logs -f --service web");
        verb.Add(Follow);
        verb.Add(Service);
        verb.Add(Release);
        verb.Add(Application);
        verb.Add(Env);
        verb.Add(Lines);
        return verb.Asks(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        if (!session.IsElsewhere && ControlPlaneClient.TryConnect(session.State) is null && KeptLogs.In(session.State) is { } kept) return ShowKept(session, kept);
        using var client = session.Connect();
        var track = await TrackChoice.FindAsync(client, "logs", session.Get(Application), session.Get(Env), session.Cancel).ConfigureAwait(false);
        if (session.Get(Service) is { } wanted && track.Services.All(s => s.Service != wanted)) throw Unknown("service", track.Track, wanted, track.Services.Select(s => s.Service));
        await foreach (var line in client.LogsAsync(Path(session, track), session.Cancel).ConfigureAwait(false))
            Write(session, line);
        return ExitCode.Yes;
    }

    private static int ShowKept(Session session, KeptLogs kept)
    {
        if (session.Get(Follow)) throw ControlPlaneErrors.NotRunning(session.State);
        var track = TrackChoice.One(kept.Tracks, name => name, "logs", session.Get(Application), session.Get(Env));
        CheckKept(kept.Of(track), track, session.Get(Service), session.Get(Release));
        if (!session.Json) session.Error.WriteLine($"no control plane runs; these are the logs of {track} that are kept in {kept.Directory}");
        foreach (var line in kept.Read(track, session.Get(Service), session.Get(Release), session.Get(Lines))) Write(session, line);
        return ExitCode.Yes;
    }

    private static void CheckKept(IReadOnlyList<(string Service, string Release)> kept, string track, string? service, string? release)
    {
        if (service is not null && kept.All(log => log.Service != service)) throw Unknown("service", track, service, kept.Select(log => log.Service));
        if (release is not null && kept.All(log => log.Release != release)) throw Unknown("release", track, release, kept.Select(log => log.Release));
    }

    private static void Write(Session session, LogLine line)
    {
        if (session.Json) session.WriteJson(line, ApiJson.Default.LogLine);
        else session.Out.WriteLine(Text(line, session.Paint));
    }

    private static SignalboxException Unknown(string what, string track, string wanted, IEnumerable<string> known) => new(ExitCode.Usage, Finding.Error(
        what + "-unknown", $"{track} has no {what} '{wanted}'; expected one of {string.Join(", ", known.Distinct().Order(StringComparer.Ordinal))}",
        new("command line"), "signalbox logs"));

    private static string Path(Session session, TrackView track)
    {
        var service = session.Get(Service) is { } name ? "&service=" + Uri.EscapeDataString(name) : "";
        if (session.Get(Release) is { } release) service += "&revision=" + Uri.EscapeDataString(release);
        return $"{ControlPlaneClient.TrackPath(track.Application, track.Environment)}/logs?follow={(session.Get(Follow) ? "true" : "false")}&lines={session.Get(Lines)}{service}";
    }

    private static string Text(LogLine line, Paint paint)
    {
        var source = paint.Dim($"{TrackText.Clock(line.At)} {line.Service} {line.Revision}");
        return $"{source} {(line.Stream == "stderr" ? paint.Warn(line.Text) : line.Text)}";
    }
}
