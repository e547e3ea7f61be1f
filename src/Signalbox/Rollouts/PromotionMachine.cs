using System.Globalization;
using Signalbox.Delivery.Reading;
using Signalbox.Gates;

namespace Signalbox.Rollouts;

/// <summary>How an environment stands to the one before it.</summary>
public enum PromotionPhase
{
    /// <summary>Nothing serves in the environment before, or what serves there does not go here.</summary>
    Nothing,

    /// <summary>Both serve the same release.</summary>
    Level,

    /// <summary>This one serves a newer release than the one before it.</summary>
    Ahead,

    /// <summary>A person may promote what serves in the one before.</summary>
    ByHand,

    /// <summary>It has been here and has not stayed: only a person tries it again.</summary>
    Held,

    /// <summary>It goes out here now.</summary>
    GoingOut,

    /// <summary>It will be promoted by policy, and something other than time stands before that.</summary>
    Waiting,

    /// <summary>It will be promoted by policy when its time has passed.</summary>
    Soaking,

    /// <summary>Its time has passed: it is to be promoted now.</summary>
    Due,
}

/// <param name="From">The environment before; null where this one is the first.</param>
/// <param name="Release">What serves there; null where nothing does.</param>
/// <param name="Because">For people.</param>
/// <param name="Until">When it will be due; null where that is not known.</param>
public sealed record PromotionState(string? From, string? Release, PromotionPhase Phase, string Because, DateTimeOffset? Until = null);

/// <summary>One environment before, as it stands.</summary>
/// <param name="State">Null where nothing has gone there.</param>
/// <param name="Standing">Of the release in question.</param>
internal sealed record PromotionSource(string Environment, TrackState? State, ReleaseStanding? Standing);

/// <summary>Decides whether what serves in one environment goes on into the next without a person: pure, no clock.</summary>
internal static class PromotionMachine
{
    /// <param name="target">Where it would go.</param>
    /// <param name="before">The environments before it, the nearest first; at least one.</param>
    /// <param name="release">What serves in the nearest; null where nothing does.</param>
    /// <param name="standing">What became of that release in the target.</param>
    /// <param name="after">How long it serves in each environment before; null: only a person promotes.</param>
    public static PromotionState Decide(
        TrackState target, IReadOnlyList<PromotionSource> before, string? release, ReleaseStanding? standing, TimeSpan? after, DateTimeOffset now)
    {
        var from = before[0].Environment;
        PromotionState In(PromotionPhase phase, string because, DateTimeOffset? until = null) => new(from, release, phase, because, until);
        if (release is null) return In(PromotionPhase.Nothing, $"nothing serves in {from} yet");
        if (target.Stable?.Release == release) return In(PromotionPhase.Level, $"{release} serves in both");
        if (standing?.Standing == Standing.GoingOut) return In(PromotionPhase.GoingOut, $"{release} goes out now ({standing.Rollout})");
        if (target.Stable is { } stable && StandingBook.Number(stable.Release) > StandingBook.Number(release))
            return In(PromotionPhase.Ahead, $"{stable.Release}, which serves here, is newer");
        if (standing is not null) return In(PromotionPhase.Held, $"{release} was here before and {Was(standing)}");
        if (after is not { } soak) return In(PromotionPhase.ByHand, $"{release} serves in {from} and is not here yet");
        if (Obstacle(target, before, release) is { } obstacle) return In(PromotionPhase.Waiting, obstacle);
        var until = before.Max(source => source.Standing!.Since) + soak;
        return until > now
            ? In(PromotionPhase.Soaking, $"{release} goes on from {from} after {Durations.Text(soak)}, at {until.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC", until)
            : In(PromotionPhase.Due, $"{release} has served in {from} for {Durations.Text(soak)}", until);
    }

    /// <summary>What is not proven, or not proven any more, does not go on; and what goes out here is not taken back for it.</summary>
    private static string? Obstacle(TrackState target, IReadOnlyList<PromotionSource> before, string release)
    {
        foreach (var source in before)
        {
            if (source.State?.Stable is not { } serves) return $"nothing serves in {source.Environment} yet";
            if (serves.Release != release) return $"{source.Environment} serves {serves.Release}";
            if (source.Standing?.Standing != Standing.Succeeded) return $"{release} has not succeeded in {source.Environment}";
            if (source.State.Active is { } newer) return $"{newer.Release} goes out to {source.Environment} ({newer.Id})";
            if (source.State.Queued is { } queued) return $"{queued.Plan.Release} waits to go out to {source.Environment} ({queued.Rollout})";
        }
        if (target.Active is { } active) return $"{active.Release} goes out here ({active.Id})";
        return target.Queued is { } next ? $"{next.Plan.Release} waits to go out here ({next.Rollout})" : null;
    }

    private static string Was(ReleaseStanding standing) => standing.Standing switch
    {
        Standing.Succeeded => "was replaced since",
        Standing.TakenBack => $"was taken back ({standing.Rollout})",
        Standing.Withdrawn => $"was withdrawn ({standing.Rollout})",
        _ => $"failed ({standing.Rollout})",
    };
}
