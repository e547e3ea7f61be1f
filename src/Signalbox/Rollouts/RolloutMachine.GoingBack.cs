using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Rollouts.RolloutEvent;

namespace Signalbox.Rollouts;

/// <summary>The way back to stable.</summary>
public static partial class RolloutMachine
{
    private const string NothingReady = "; stable ";

    /// <summary>Who goes back, or halts, is judged no more: what users met until then would be in no number otherwise.</summary>
    private static Decision WithCounts(TrackState state, Decision decision, TrackObservation? seen)
    {
        if (seen is null || state.Active is not { } rollout || Told(rollout, new(seen)) is not { } counted) return decision;
        return decision with
        {
            Events = [.. decision.Events.Select(happened => happened switch
            {
                AbortStarted abort => abort with { Evidence = counted },
                Halted halted => halted with { Evidence = counted },
                _ => happened,
            })],
        };
    }

    /// <summary>Ends when the host shows stable serving without the canary; halts where stable has nothing to serve with.</summary>
    private static Decision Aborting(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (fleet.Generation < rollout.StepGeneration) return Decision.None;
        if (state.Stable is not { } stable) return EndAborted(rollout, fleet, now);
        if (rollout.StableStopped)
            return fleet.HasStopped(rollout.Plan) ? Decision.Of(new StableRestarted(Principal.Engine, now)) : Decision.None;
        if (fleet.HasReady(stable) && fleet.HasNoTraffic(rollout.Plan, stable)) return EndAborted(rollout, fleet, now);
        if (StepBack(rollout, stable, fleet, now) is { } back) return back;
        if (StableServes(rollout, stable, fleet)) return Decision.None;
        if (NothingIsLeft(state, rollout, fleet, now)) return GiveUp(state, rollout, now);
        return rollout.IsRecreate ? Decision.None : NothingToReturnTo(rollout, $"{stable.Release} has no ready instance", now);
    }

    /// <summary>A rolling one comes back service by service: what is not asked for yet need not serve.</summary>
    private static bool StableServes(RolloutState rollout, ReleasePlan stable, Fleet fleet) =>
        RollsBack(rollout) ? fleet.HasReadyWhereAskedFor(stable) : fleet.HasReady(stable);

    private static bool RollsBack(RolloutState rollout) => rollout is { IsRolling: true, Steps.Count: > 0 };

    private static Decision NothingToReturnTo(RolloutState rollout, string why, DateTimeOffset now) => Decision.Of(new Halted(
        Principal.Engine, now, $"{rollout.Reason?.Split(NothingReady)[0]}{NothingReady}{why}; until then the canary keeps the traffic it had", WaitingFor.StableReady, null));

    /// <summary>Rolling: what stable's instances have taken over so far, the new ones need not carry; stable then gets their room.</summary>
    private static Decision? StepBack(RolloutState rollout, ReleasePlan stable, Fleet fleet, DateTimeOffset now)
    {
        if (!RollsBack(rollout)) return null;
        var carried = new RollingUpdate(rollout.Plan, stable).Covering(service => fleet.WeightOf(service, rollout.Release));
        if (carried < rollout.Weight) return Decision.Of(new SteppedBack(Principal.Engine, now, carried));
        return DeadlinePassed(rollout, now) && !fleet.HasAllThatAreAskedFor(stable) && StableServes(rollout, stable, fleet)
            ? NothingToReturnTo(rollout, $"{stable.Release} has too few ready instances", now)
            : null;
    }

    private static Decision EndAborted(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        var ended = new Ended(Principal.Engine, now, rollout.Outcome, rollout.Reason);
        return rollout.IsRecreate && RecreateGap.Measured(rollout, fleet) is { } gap
            ? Decision.Of(new GapMeasured(Principal.Host, now, gap), ended)
            : Decision.Of(ended);
    }

    private static Decision StillHalted(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (rollout.WaitingFor != WaitingFor.StableReady || state.Stable is not { } stable) return Decision.None;
        if (RollsBack(rollout) ? fleet.HasAllThatAreAskedFor(stable) : fleet.HasReady(stable))
            return Decision.Of(new AbortStarted(Principal.Engine, now, rollout.Reason ?? "stable is ready again", Phase.RolledBack, null, null));
        return NothingIsLeft(state, rollout, fleet, now) ? GiveUp(state, rollout, now) : Decision.None;
    }

    /// <summary>Neither release serves and stable does not come back: then only the release that waits can mend it.</summary>
    private static bool NothingIsLeft(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now) =>
        state is { Queued: not null, Stable: { } stable } && !rollout.CannotGoBack && fleet.HasNoneReady(stable) && fleet.HasNoneReady(rollout.Plan)
        && (DeadlinePassed(rollout, now) || fleet.CrashLoop(stable, CrashLoopRestarts) is not null);

    private static Decision GiveUp(TrackState state, RolloutState rollout, DateTimeOffset now) => Decision.Of(new Ended(
        Principal.Engine, now, Phase.Failed, $"neither it nor {state.Stable!.Release} serves, and {state.Queued!.Plan.Release} waits"));
}
