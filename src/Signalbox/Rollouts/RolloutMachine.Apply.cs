using Signalbox.Delivery;
using Signalbox.Ledger;
using static Signalbox.Rollouts.RolloutEvent;

namespace Signalbox.Rollouts;

public static partial class RolloutMachine
{
    /// <summary>The next state. Total: an event that does not fit the state (a ledger of a newer version) changes the generation only.</summary>
    /// <param name="sequence">The event's place in the ledger.</param>
    public static TrackState Apply(TrackState state, RolloutEvent happened, long sequence)
    {
        var next = happened switch
        {
            Queued queued => state with
            {
                Queued = new(queued.Rollout, queued.Plan, queued.Kind, queued.Principal, queued.Reason, queued.At),
                Rollouts = state.Rollouts + 1,
            },
            Started started => ApplyStarted(state, started, sequence),
            QueueDropped => state with { Queued = null },
            WarmRetired => state with { Warm = null, WarmUntil = null },
            ClockStepped stepped => Shifted(state, stepped.By),
            LatchAcknowledged latch => state with { AcknowledgedLatch = latch.Latch },
            Ended ended when state.Active is { } rollout => ApplyEnded(state, rollout, ended),
            GapMeasured measured when state.Active is { } rollout => ApplyGap(state, rollout, measured.Gap),
            _ when state.Active is { } rollout => state with { Rollout = ApplyTo(state, rollout, happened, sequence) },
            _ => state,
        };
        return next with { Generation = sequence };
    }

    private static TrackState ApplyStarted(TrackState state, Started started, long sequence)
    {
        var fromQueue = state.Queued?.Rollout == started.Rollout;
        return state with
        {
            Warm = null,
            WarmUntil = null,
            Queued = fromQueue ? null : state.Queued,
            Rollouts = fromQueue ? state.Rollouts : state.Rollouts + 1,
            Rollout = NewRollout(state, started, sequence),
        };
    }

    private static RolloutState NewRollout(TrackState before, Started started, long sequence) => new(
        started.Rollout, started.Kind, started.Plan, started.From, started.Principal, Phase.Pending, Phase.Pending, -1,
        Weight.Zero, Weight.Zero, started.Reason, null, started.At, started.At, started.At, sequence, 0, started.At, null, null,
        false, false, false, false, 0, Phase.RolledBack, 0)
    {
        Steps = StepsOf(before, started.Plan, started.Kind),
        HasJudgedService = before.Stable is { } stable && HasComparable(started.Plan, stable),
        ReplacesExclusive = before.Stable is { } old && HasExclusive(old),
        ExpectedGap = started.ExpectedGap,
    };

    private static TrackState ApplyEnded(TrackState state, RolloutState rollout, Ended ended)
    {
        var done = rollout with { Phase = ended.Outcome, PhaseSince = ended.At, EndedAt = ended.At, Reason = ended.Reason, WaitingFor = null, HookGeneration = 0 };
        if (ended.Outcome != Phase.Succeeded)
            return state with
            {
                Rollout = done with { Weight = Weight.Zero, ScaledFor = Weight.Zero, Released = Weight.Zero, StableStopped = false },
                Left = LeftAfter(state, rollout),
            };
        var past = PastAfter(state, rollout);
        var keepWarm = rollout is { Kind: RolloutKind.Deploy, IsRecreate: false } && rollout.Strategy.KeepWarm > TimeSpan.Zero;
        return state with
        {
            Rollout = done with { Released = Weight.Zero },
            Stable = rollout.Plan,
            StartTook = rollout.StartTook ?? state.StartTook,
            Warm = keepWarm ? state.Stable : null,
            WarmUntil = keepWarm && state.Stable is not null ? (rollout.TookOverAt ?? ended.At) + rollout.Strategy.KeepWarm : null,
            Past = past,
            Left = LeftAfter(state with { Past = past }, rollout, succeeded: true),
        };
    }

    /// <summary>A way out and back has a gap on each; only that of a release that took over tells what the next one will cost.</summary>
    private static TrackState ApplyGap(TrackState state, RolloutState rollout, TimeSpan gap) => state with
    {
        Rollout = rollout with { Gap = (rollout.Gap ?? TimeSpan.Zero) + gap },
        Gaps = rollout.Phase == Phase.Baking ? [.. state.Gaps.TakeLast(TrackState.GapsKept - 1), gap] : state.Gaps,
    };

    /// <summary>A rollback moves nothing. Where there are too many, one that was left goes first.</summary>
    private static IReadOnlyList<ReleasePlan> PastAfter(TrackState state, RolloutState rollout)
    {
        if (rollout.Kind == RolloutKind.Rollback && state.Past.Any(past => past.Release == rollout.Release)) return state.Past;
        var others = state.Past.Where(past => past.Release != rollout.Release).ToList();
        if (others.Count >= TrackState.PastKept) others.RemoveAt(Math.Max(0, others.FindIndex(past => state.Left.Contains(past.Release))));
        return [.. others, rollout.Plan];
    }

    /// <summary>A rollback leaves all that was deployed after the release it goes to; what is taken back is left too, unless it was itself the way back.</summary>
    private static List<string> LeftAfter(TrackState state, RolloutState rollout, bool succeeded = false)
    {
        var goesBack = rollout.Kind == RolloutKind.Rollback;
        var left = !succeeded && !goesBack ? state.Past.Where(past => past.Release == rollout.Release)
            : succeeded && goesBack ? state.Past.SkipWhile(past => past.Release != rollout.Release)
            : [];
        var names = state.Left.Concat(left.Select(past => past.Release)).ToHashSet(StringComparer.Ordinal);
        if (succeeded) names.Remove(rollout.Release);
        return [.. state.Past.Select(past => past.Release).Where(names.Contains)];
    }

    private static RolloutState ApplyTo(TrackState state, RolloutState rollout, RolloutEvent happened, long sequence) => happened switch
    {
        HookRequested hook => In(rollout, Phases.OfHook(hook.Hook), hook) with
        {
            HookGeneration = sequence,
            WaitingFor = WaitingFor.HostConfirmation,
            Baked = hook.Baked,
        },
        HookStarted hook => In(rollout, Phases.OfHook(hook.Hook), hook) with { CannotGoBack = rollout.CannotGoBack || !hook.Reversible },
        StopRequested stop => In(rollout, Phase.Stopping, stop) with { StableStopped = true, StepGeneration = sequence, StopGeneration = sequence, StoppedAt = stop.At },
        CapacityRequested capacity => ApplyCapacity(rollout, capacity),
        HookEnded => rollout with { JudgedBad = null },
        StepReached step => In(rollout, Phase.Progressing, step) with
        {
            Step = step.Step,
            Weight = step.Weight,
            ScaledFor = Higher(rollout.ScaledFor, step.Weight),
            StepSince = step.At,
            StepGeneration = sequence,
            StepRequests = step.CanaryRequests,
            StepRestarts = step.Restarts,
            Override = false,
        },
        PreviewBegan preview => In(rollout, Phase.Previewing, preview),
        StableReduced reduced => rollout with { Released = reduced.Weight, ProgressAt = reduced.At },
        SteppedBack back => GoneBackTo(state, rollout, back.Weight) with { StepGeneration = sequence, ProgressAt = back.At },
        TookOver over => In(rollout, Phase.Baking, over) with
        {
            Weight = Weight.All,
            ScaledFor = Weight.All,
            StepSince = over.At,
            StepGeneration = sequence,
            TookOverAt = over.At,
            StepRequests = over.Evidence.Values.Sum(report => report.CanaryRequests),
            StepRestarts = over.Restarts,
            StartTook = rollout.Phase == Phase.Starting ? over.At - rollout.ProgressAt : null,
            Previews = false,
            Override = false,
        },
        Paused paused => rollout with
        {
            PausedFrom = rollout.Phase,
            Phase = Phase.Paused,
            PhaseSince = paused.At,
            Reason = paused.Reason,
            WaitingFor = paused.WaitingFor,
        },
        Resumed resumed => ApplyResumed(rollout, resumed),
        Overridden => rollout with { Override = true },
        Undecided { Action: OnUndecided.Advance } => rollout with { Override = true },
        Fell fell => In(rollout, Phase.Starting, fell) with
        {
            Step = -1,
            Weight = Weight.Zero,
            Released = Weight.Zero,
            ScaledFor = rollout is { IsRolling: true, Steps: [var first, ..] } ? first.Weight : rollout.ScaledFor,
            Previews = rollout.IsBlueGreen,
            StepGeneration = sequence,
            TookOverAt = null,
            Falls = rollout.Falls + 1,
            Reason = fell.Detail,
            Override = false,
        },
        // where stable has nothing ready, the host serves from what the canary had
        AbortStarted abort => GoneBackTo(state, In(rollout, Phase.Aborting, abort), rollout.IsRecreate || rollout.From is null ? Weight.Zero : rollout.Weight) with
        {
            Outcome = abort.Outcome,
            Reason = abort.Reason,
            StepGeneration = sequence,
            WaitingFor = WaitingFor.StableServing,
        },
        Halted halted => ApplyHalted(rollout, halted),
        Judged judged => rollout with { Condemned = judged.Service, JudgedBad = HookRunsOut(rollout) ? judged.Report.Explanation : null },
        StableRestarted => rollout with { StableStopped = false },
        _ => rollout,
    };

    private static RolloutState ApplyCapacity(RolloutState rollout, CapacityRequested capacity)
    {
        var next = rollout.Phase switch
        {
            Phase.Progressing when capacity.Weight < Weight.All => rollout,
            Phase.Progressing or Phase.Previewing => In(rollout, Phase.Promoting, capacity),
            _ => In(rollout, Phase.Starting, capacity),
        };
        return next with { ScaledFor = Higher(rollout.ScaledFor, capacity.Weight), Previews = capacity.Previews, ProgressAt = capacity.At };
    }

    /// <summary>A rolling release on its way back has no more instances than its weight needs, and stable all that then fit; any other has what it had.</summary>
    private static RolloutState GoneBackTo(TrackState state, RolloutState rollout, Weight weight)
    {
        var next = rollout with { Weight = weight };
        return rollout is { IsRolling: true, Steps.Count: > 0 } && state.Stable is { } stable
            ? next with { ScaledFor = weight, Released = new RollingUpdate(rollout.Plan, stable).LeastReleased(weight) }
            : next;
    }

    private static RolloutState In(RolloutState rollout, Phase phase, RolloutEvent happened) =>
        rollout with { Phase = phase, PhaseSince = happened.At, ProgressAt = happened.At, WaitingFor = null, HookGeneration = 0 };

    /// <summary>A halt while being taken back: a person's "go on" begins anew, a rolling one from the step that it has come back to.</summary>
    private static RolloutState ApplyHalted(RolloutState rollout, Halted halted)
    {
        var next = rollout.Phase == Phase.Aborting
            ? Anew(rollout) with { TookOverAt = null }
            : rollout with { PausedFrom = rollout.Phase is Phase.Paused or Phase.Halted ? rollout.PausedFrom : rollout.Phase };
        return next with { Phase = Phase.Halted, PhaseSince = halted.At, Reason = halted.Reason, WaitingFor = halted.WaitingFor };
    }

    private static RolloutState Anew(RolloutState rollout)
    {
        var step = rollout.IsRolling && rollout.Weight < Weight.All ? rollout.Steps.Count(step => step.Weight <= rollout.Weight) - 1 : -1;
        return rollout with { PausedFrom = step >= 0 ? Phase.Progressing : Phase.Starting, Step = step };
    }

    private static RolloutState ApplyResumed(RolloutState rollout, Resumed resumed) => rollout with
    {
        Phase = rollout.PausedFrom,
        PhaseSince = resumed.At,
        ProgressAt = resumed.At,
        Reason = resumed.Reason,
        WaitingFor = rollout.HookGeneration > 0 ? WaitingFor.HostConfirmation : null,
        Forced = rollout.Forced || rollout.Phase == Phase.Halted,
        // a person who lets an undecided step go on gives it its time anew
        StepSince = rollout.WaitingFor == WaitingFor.Evidence && resumed.Principal != Principal.Engine ? resumed.At : rollout.StepSince,
    };

    /// <summary>The clock was set: what was measured from stays as far away as it was.</summary>
    private static TrackState Shifted(TrackState state, TimeSpan by) => state with
    {
        WarmUntil = state.WarmUntil + by,
        Queued = state.Queued is { } queued ? queued with { At = queued.At + by } : null,
        Rollout = state.Active is not { } rollout ? state.Rollout : rollout with
        {
            StartedAt = rollout.StartedAt + by,
            PhaseSince = rollout.PhaseSince + by,
            StepSince = rollout.StepSince + by,
            ProgressAt = rollout.ProgressAt + by,
            TookOverAt = rollout.TookOverAt + by,
            StoppedAt = rollout.StoppedAt + by,
        },
    };

    private static Weight Higher(Weight left, Weight right) => left > right ? left : right;
}
