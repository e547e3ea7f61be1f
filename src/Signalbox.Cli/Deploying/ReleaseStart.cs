using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

/// <summary>Starts the rollout of a release that is made, and follows it.</summary>
internal sealed class ReleaseStart(ControlPlaneClient client, Session session)
{
    /// <summary>As many as the control plane gives at once; one that is older than the question for a release answers with those of all.</summary>
    private const int MostLookedAt = 1000;

    public bool Silent { get; init; }

    /// <summary>It goes on from the environment before, and the ledger says so.</summary>
    public bool Promotes { get; init; }

    /// <summary>Another run may have begun it: that is followed, or told of where it has ended.</summary>
    public bool Again { get; init; }

    /// <summary>How long the rollout is followed; null: to its end.</summary>
    public TimeSpan? Timeout { get; init; }

    public async Task<Deployed> RunAsync(Release release, EnvironmentConfiguration environment, bool wait)
    {
        RolloutView rollout;
        try
        {
            rollout = Promotes
                ? await client.PromoteAsync(release.Id, environment.Name, session.Cancel).ConfigureAwait(false)
                : await client.StartRolloutAsync(new(release.Application, environment.Name, release.Id, First: Again), session.Cancel).ConfigureAwait(false);
            if (!Silent) session.Say($"{release.Id} goes out to {rollout.Track} ({rollout.Id})");
        }
        catch (ControlPlaneRefusal e) when (Again && e.Findings is [{ Id: "rollout-begun-before" }])
        {
            if (await BecameAsync(release, environment, wait).ConfigureAwait(false) is { } became) return became;
            throw;
        }
        catch (ControlPlaneRefusal e) when ((Promotes || Again) && e.Findings is [{ Id: "rollout-already-active" or "rollout-already-queued" or "rollout-nothing-to-do" }])
        {
            var begun = await client.RolloutsAsync(new(release.Application, environment.Name, Active: true), session.Cancel).ConfigureAwait(false);
            if (begun.FirstOrDefault(one => one.Release == release.Id && one.Phase != "Aborting") is { } active) return await GoesOnAsync(release, environment, active, wait).ConfigureAwait(false);
            var track = await client.TrackAsync(release.Application, environment.Name, session.Cancel).ConfigureAwait(false);
            if (track.Stable != release.Id || track.Rollout is { EndedAt: null })
            {
                // the other run's rollout of the same release may have ended between the refusal and the question
                if (Again && await BecameAsync(release, environment, wait).ConfigureAwait(false) is { } became) return became;
                throw;
            }
            session.Say($"{release.Id} already serves {track.Track}");
            return new(new(release.Id, track.Track, null, [.. Addresses(environment)], null, null), ExitCode.Yes);
        }
        return await FollowAsync(release, environment, rollout, wait).ConfigureAwait(false);
    }

    /// <summary>What became here of a release that was made before. What goes on is followed; what has ended is told, and does not begin anew.</summary>
    /// <returns>Null where it never went out here.</returns>
    public async Task<Deployed?> BecameAsync(Release release, EnvironmentConfiguration environment, bool wait)
    {
        var all = await client.RolloutsAsync(new(release.Application, environment.Name, Limit: MostLookedAt, Release: release.Id), session.Cancel).ConfigureAwait(false);
        if (all.FirstOrDefault(one => one.Release == release.Id) is not { } last) return null;
        if (last.EndedAt is null) return await GoesOnAsync(release, environment, last, wait).ConfigureAwait(false);
        if (!Silent) session.Say($"{release.Id} was made before and went out to {last.Track} ({last.Id})");
        var end = await FollowAsync(release, environment, last, wait: true).ConfigureAwait(false);
        var left = all.FirstOrDefault(one => one.From == release.Id && one is { Kind: "Rollback", Phase: "Succeeded" } && one.StartedAt > last.StartedAt);
        if (left is not null) session.Say($"{release.Id} was left for {left.Release} ({left.Id})");
        if (end.ExitCode == ExitCode.Yes && left is null) return end;
        session.Say($"to take it out once more: signalbox deploy --release {release.Id} --env {environment.Name}");
        return end with { ExitCode = Math.Max(end.ExitCode, ExitCode.No) };
    }

    /// <summary>What a job began that is run again now.</summary>
    private Task<Deployed> GoesOnAsync(Release release, EnvironmentConfiguration environment, RolloutView active, bool wait)
    {
        session.Say($"{release.Id} is already going out to {active.Track} ({active.Id})");
        return FollowAsync(release, environment, active, wait);
    }

    private async Task<Deployed> FollowAsync(Release release, EnvironmentConfiguration environment, RolloutView rollout, bool wait)
    {
        var end = wait ? await FollowAsync(rollout).ConfigureAwait(false) : rollout;
        var view = new DeployedView(release.Id, rollout.Track, end ?? rollout, [.. Addresses(environment)], null, null);
        return new(view, CodeOf(end, wait));
    }

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
