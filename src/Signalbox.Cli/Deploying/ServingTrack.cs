using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;

namespace Signalbox.Cli.Deploying;

/// <summary>What <c>up</c> finds instead of making: a release that went out before, which the host starts again by itself.</summary>
internal static class ServingTrack
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Poll = TimeSpan.FromMilliseconds(100);

    /// <returns>Null where nothing has succeeded there and nothing runs.</returns>
    public static async Task<Deployed?> FindAsync(ControlPlaneClient client, string application, string environment, Session session)
    {
        if (await ReadAsync(client, application, environment, session.Cancel).ConfigureAwait(false) is not { } track) return null;
        if (track.Stable is null && track.Rollout is null or { EndedAt: not null }) return null;
        var waiting = UntilReadyAsync(client, track, session.Cancel);
        await Progress.ShowAsync(session, waiting, () => $"waiting for {track.Stable ?? track.Rollout!.Release}").ConfigureAwait(false);
        track = await waiting.ConfigureAwait(false);
        if (track.Rollout is { EndedAt: null } rollout) session.Say($"{RolloutText.Headline(rollout, session.Paint)}\nit goes on: signalbox watch");
        var view = new DeployedView(track.Stable ?? track.Rollout!.Release, track.Track, track.Rollout, [.. Addresses(track)], null, null);
        return new(view, IsReady(track) ? ExitCode.Yes : ExitCode.No);
    }

    private static async Task<TrackView?> ReadAsync(ControlPlaneClient client, string application, string environment, CancellationToken cancel)
    {
        var status = await client.StatusAsync(cancel).ConfigureAwait(false);
        return status.Tracks.FirstOrDefault(t => t.Application == application && t.Environment == environment);
    }

    private static async Task<TrackView> UntilReadyAsync(ControlPlaneClient client, TrackView track, CancellationToken cancel)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (!IsReady(track) && DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(Poll, cancel).ConfigureAwait(false);
            track = await client.TrackAsync(track.Application, track.Environment, cancel).ConfigureAwait(false);
        }
        return track;
    }

    private static bool IsReady(TrackView track) =>
        track.Services.All(service => service.Arms.Any(arm => arm.Ready > 0 && arm.Ready >= arm.Desired));

    private static IEnumerable<string> Addresses(TrackView track) => track.Services.Select(s => s.Address).OfType<string>();
}
