using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

/// <summary>Starts the rollout of a release that is made, and follows it.</summary>
internal sealed class ReleaseStart(ControlPlaneClient client, Session session)
{
    public bool Silent { get; init; }

    /// <summary>It goes on from the environment before, and the ledger says so.</summary>
    public bool Promotes { get; init; }

    /// <summary>How long the rollout is followed; null: to its end.</summary>
    public TimeSpan? Timeout { get; init; }

    public async Task<Deployed> RunAsync(Release release, EnvironmentConfiguration environment, bool wait)
    {
        RolloutView rollout;
        try
        {
            rollout = Promotes
                ? await client.PromoteAsync(release.Id, environment.Name, session.Cancel).ConfigureAwait(false)
                : await client.StartRolloutAsync(new(release.Application, environment.Name, release.Id), session.Cancel).ConfigureAwait(false);
            if (!Silent) session.Say($"{release.Id} goes out to {rollout.Track} ({rollout.Id})");
        }
        catch (ControlPlaneRefusal e) when (Promotes && e.Findings is [{ Id: "rollout-already-active" or "rollout-nothing-to-do" }])
        {
            var track = await client.TrackAsync(release.Application, environment.Name, session.Cancel).ConfigureAwait(false);
            if (Again(track, release) is not { } active)
            {
                if (track.Stable != release.Id || track.Rollout is { EndedAt: null }) throw;
                session.Say($"{release.Id} already serves {track.Track}");
                return new(new(release.Id, track.Track, null, [.. Addresses(environment)], null, null), ExitCode.Yes);
            }
            rollout = active;
            session.Say($"{release.Id} is already going out to {rollout.Track} ({rollout.Id})");
        }
        var end = wait ? await FollowAsync(rollout).ConfigureAwait(false) : rollout;
        var view = new DeployedView(release.Id, rollout.Track, end ?? rollout, [.. Addresses(environment)], null, null);
        return new(view, CodeOf(end, wait));
    }

    /// <summary>What a job began that is run again now.</summary>
    private static RolloutView? Again(TrackView track, Release release) =>
        track.Rollout is { EndedAt: null, Phase: not "Aborting" } active && active.Release == release.Id ? active : null;

    private async Task<RolloutView?> FollowAsync(RolloutView rollout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(session.Cancel);
        if (Timeout is { } timeout) limit.CancelAfter(timeout);
        return await new RolloutFollower(client, session, Silent || session.Json).FollowAsync(rollout, limit.Token).ConfigureAwait(false);
    }

    private int CodeOf(RolloutView? end, bool waited)
    {
        if (!waited) return ExitCode.Yes;
        if (end is null) return session.Cancel.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Undecided;
        return RolloutText.Succeeded(end) ? ExitCode.Yes : ExitCode.No;
    }

    private static IEnumerable<string> Addresses(EnvironmentConfiguration environment) =>
        environment.Services.Where(s => s.Listen is not null).Select(s => $"http://{s.Listen}");
}
