using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>The application and environment a verb is about: what was named, or the only one there is.</summary>
internal static class TrackChoice
{
    public static async Task<TrackView> FindAsync(ControlPlaneClient client, string verb, string? application, string? environment, CancellationToken cancel)
    {
        var status = await client.StatusAsync(cancel).ConfigureAwait(false);
        var tracks = status.Tracks
            .Where(t => application is null || t.Application == application)
            .Where(t => environment is null || t.Environment == environment).ToList();
        if (tracks.Count == 1) return tracks[0];
        var known = status.Tracks.Count == 0 ? "nothing has gone out yet" : $"known: {string.Join(", ", status.Tracks.Select(t => t.Track))}";
        throw tracks.Count == 0
            ? new SignalboxException(ExitCode.No, Finding.Error(
                "track-none", $"nothing has gone out to {application ?? "any application"}/{environment ?? "any environment"}; {known}", new("command line"), "signalbox status"))
            : new SignalboxException(ExitCode.Usage, Finding.Error(
                "track-ambiguous", $"{tracks.Count} environments match; {known}", new("command line"),
                $"signalbox {verb} --app {tracks[0].Application} --env {tracks[0].Environment}"));
    }
}
