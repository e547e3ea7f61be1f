using System.Collections.Concurrent;
using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <summary>What became of every release in every environment, derived from what the ledger says of the tracks. Readers need no lock.</summary>
internal sealed class StandingBook
{
    private readonly ConcurrentDictionary<(TrackKey Track, string Release), ReleaseStanding> _standings = new();

    public ReleaseStanding? Of(TrackKey track, string release) => _standings.GetValueOrDefault((track, release));

    /// <param name="before">The track's state before the event.</param>
    /// <param name="after">And after it.</param>
    public void Apply(TrackState before, TrackState after, RolloutEvent happened)
    {
        switch (happened)
        {
            case RolloutEvent.Started { Kind: RolloutKind.Deploy } started:
                Set(after.Key, started.Plan.Release, Standing.GoingOut, started.At, started.Rollout);
                Began(after.Key, started.Plan.Release, started.Principal);
                break;
            case RolloutEvent.QueueDropped dropped when before.Queued is { Kind: RolloutKind.Deploy } queued:
                _standings.TryAdd((after.Key, queued.Plan.Release), new(after.Key.Environment, Standing.Withdrawn, dropped.At, dropped.Rollout, dropped.Reason));
                break;
            case RolloutEvent.Ended ended when before.Active is { } rollout:
                Ended(before, rollout, ended);
                break;
            case RolloutEvent.ClockStepped stepped when after.Stable is { } stable:
                if (Of(after.Key, stable.Release) is { } standing) _standings[(after.Key, stable.Release)] = standing with { Since = standing.Since + stepped.By };
                break;
        }
    }

    /// <summary>A way back leaves all that was deployed after the release it goes to, whatever its number (as <see cref="TrackState.Left"/>).</summary>
    private void Ended(TrackState before, RolloutState rollout, RolloutEvent.Ended ended)
    {
        var key = before.Key;
        if (ended.Outcome == Phase.Succeeded)
        {
            Set(key, rollout.Release, Standing.Succeeded, ended.At, rollout.Id);
            if (rollout.Kind != RolloutKind.Rollback) return;
            foreach (var left in before.Past.SkipWhile(past => past.Release != rollout.Release).Skip(1))
                Set(key, left.Release, Standing.TakenBack, ended.At, rollout.Id, $"went back to {rollout.Release}");
        }
        else if (rollout.Kind == RolloutKind.Deploy)
        {
            Set(key, rollout.Release, ended.Outcome == Phase.RolledBack ? Standing.TakenBack : Standing.Failed, ended.At, rollout.Id, ended.Reason ?? rollout.Reason);
        }
    }

    private void Set(TrackKey key, string release, Standing standing, DateTimeOffset since, string rollout, string? reason = null) =>
        _standings[(key, release)] = new(key.Environment, standing, since, rollout, reason) { Starters = Of(key, release)?.Starters };

    /// <summary>Everybody who ever did: whoever takes it out once more is not the only one. What goes on by itself was begun by those who took it out elsewhere.</summary>
    private void Began(TrackKey key, string release, Principal by)
    {
        IEnumerable<string> begun = by == Principal.Promoter
            ? _standings.Where(other => other.Key.Track.Application == key.Application && other.Key.Release == release).SelectMany(other => other.Value.Starters ?? [])
            : [by.Name];
        var standing = Of(key, release)!;
        _standings[(key, release)] = standing with { Starters = [.. (standing.Starters ?? []).Concat(begun).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] };
    }

    /// <summary>Releases of an application are numbered in the order they were made: <c>shop-12</c>.</summary>
    internal static long Number(string release) =>
        long.TryParse(release.AsSpan(release.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
