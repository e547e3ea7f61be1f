using System.Text;
using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Rollouts.RolloutEvent;

namespace Signalbox.Rollouts;

public static partial class RolloutMachine
{
    /// <summary>What time alone decides, while the host cannot be asked.</summary>
    private static Decision Tick(TrackState state, DateTimeOffset now)
    {
        if (state.Active is { } rollout)
            return HasDeadline(rollout) && DeadlinePassed(rollout, now)
                ? new(TakeBack(rollout, $"no progress for {Text(rollout.Strategy.ProgressDeadline)} ({rollout.Phase})", now))
                : Decision.None;
        return WarmIsOver(state, now) ? Decision.Of(new WarmRetired(Principal.Engine, now, state.Warm!.Release)) : Decision.None;
    }

    private static Decision Observed(TrackState state, TrackObservation observation, DateTimeOffset now)
    {
        // a host whose disk was lost counts its latches anew
        if (observation.Latch is { } latch && latch.Id != state.AcknowledgedLatch) return Latched(state, latch, observation.Rollout, now);
        if (state.Active is not { } rollout) return Idle(state, now);
        var fleet = new Fleet(observation);
        if (JudgedBad(rollout, fleet, now) is { } bad) return bad;
        return rollout.Phase switch
        {
            Phase.PreHook or Phase.Checking or Phase.PostHook => HookDue(rollout, fleet, now),
            Phase.Stopping => Stopping(rollout, fleet, now),
            Phase.Starting => Starting(rollout, fleet, now),
            Phase.Previewing => Previewing(rollout, fleet, now),
            Phase.Progressing => Progressing(state, rollout, fleet, now),
            Phase.Paused => Held(rollout, fleet, now),
            Phase.Promoting => Promoting(rollout, fleet, now),
            Phase.Baking => Baking(rollout, fleet, now),
            Phase.Aborting => Aborting(state, rollout, fleet, now),
            Phase.Halted => StillHalted(state, rollout, fleet, now),
            _ => Decision.None,
        };
    }

    private static Decision Idle(TrackState state, DateTimeOffset now)
    {
        if (state.Queued is { } queued && queued.Plan.Release == state.Stable?.Release)
            return Decision.Of(new QueueDropped(Principal.Engine, now, queued.Rollout, $"{queued.Plan.Release} already serves"));
        if (state.Queued is { } waiting)
            return new(Start(state, waiting.Rollout, waiting.Plan, waiting.Kind, waiting.Principal, waiting.Reason, now));
        return Tick(state, now);
    }

    private static bool WarmIsOver(TrackState state, DateTimeOffset now) => state.Warm is not null && state.WarmUntil <= now;

    /// <summary>The host fell by itself and holds until this is in the ledger.</summary>
    /// <param name="latched">The rollout of the table that fell: a verdict on an earlier one says nothing about this one.</param>
    private static Decision Latched(TrackState state, Latch latch, string? latched, DateTimeOffset now)
    {
        var acknowledged = new LatchAcknowledged(Principal.Host, now, latch.Id, latch.Reason.ToString(), latch.Detail);
        if (state.Active is not { } rollout || rollout.Phase == Phase.Aborting) return Decision.Of(acknowledged);
        return latch.Reason switch
        {
            LatchReason.Operator => new([acknowledged, .. TakenBackBy(rollout, new(latch.Principal ?? Principal.Host.Name), latch.Detail, now, latch.Id)]),
            LatchReason.Judge when rollout.Judged && rollout.Phase != Phase.Halted && latched == rollout.Id => new(
                [acknowledged, .. JudgedBy(latch, now), .. JudgedTakeBack(rollout, latch.Decision?.Explanation ?? latch.Detail, now, latch.Id)]),
            LatchReason.Lease or LatchReason.HostRestart when !latch.Held && rollout.Weight > Weight.Zero && rollout.Phase != Phase.Halted =>
                Fell(rollout, latch, acknowledged, now),
            _ => Decision.Of(acknowledged),
        };
    }

    private static Judged[] JudgedBy(Latch latch, DateTimeOffset now) =>
        latch.Decision is { } report ? [new(Principal.Host, now, latch.Service ?? "", report)] : [];

    /// <summary>It starts over; what a person holds stays held.</summary>
    private static Decision Fell(RolloutState rollout, Latch latch, LatchAcknowledged acknowledged, DateTimeOffset now)
    {
        var fell = new Fell(Principal.Host, now, latch.Id, latch.Reason.ToString(), latch.Detail);
        if (rollout is { Phase: Phase.Paused, WaitingFor: WaitingFor.Resume })
            return Decision.Of(acknowledged, fell, new Paused(Principal.Engine, now, rollout.Reason ?? latch.Detail, WaitingFor.Resume));
        RolloutEvent[] startsOver = [acknowledged, .. CutOff(rollout, latch.Detail, now), fell];
        return rollout.Falls + 1 >= FallsBeforePause
            ? Decision.Of([.. startsOver, new Paused(Principal.Engine, now, $"fell to fail-safe {rollout.Falls + 1} times: {latch.Detail}", WaitingFor.Resume)])
            : Decision.Of(startsOver);
    }

    /// <summary>The host latches a failed verdict by itself; should a report arrive without its latch, it counts all the same.</summary>
    private static Decision? JudgedBad(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (!rollout.Judged || rollout.JudgedBad is not null || rollout.Phase is Phase.Aborting or Phase.Halted) return null;
        foreach (var (service, report) in fleet.Reports(rollout))
            if (report.Verdict == Verdict.Fail)
                return new([new Judged(Principal.Host, now, service, report), .. JudgedTakeBack(rollout, report.Explanation, now)]);
        return null;
    }

    /// <summary>A hook begins when the host has the table that asked for it in force: until then it would fall to the wrong fail-safe.</summary>
    private static Decision HookDue(RolloutState rollout, Fleet fleet, DateTimeOffset now) =>
        rollout.DueHook is { } hook && fleet.Generation >= rollout.HookGeneration
            ? Decision.Of(new HookStarted(Principal.Engine, now, rollout.Phase.HookName()!, hook.Reversible))
            : Decision.None;

    private static Decision Stopping(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        // before the host has that table an instance may just be between two starts
        if (fleet.Generation >= rollout.StepGeneration && fleet.NothingRunsBut(rollout.Release)) return Decision.Of(new CapacityRequested(Principal.Engine, now, Weight.All, "the old release has stopped"));
        return Stuck(rollout, fleet, now, "the old release did not stop");
    }

    private static Decision Starting(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        var step = NextStep(rollout);
        var weight = step < rollout.Steps.Count ? rollout.Steps[step].Weight : Weight.All;
        if (rollout.ScaledFor < weight) return Decision.Of(new CapacityRequested(Principal.Engine, now, weight, null));
        if (!fleet.IsReadyFor(rollout, weight)) return Stuck(rollout, fleet, now, "it was not ready in time");
        if (rollout.Previews) return ReadyToBeSeen(rollout, now);
        return step < rollout.Steps.Count ? Reach(rollout, step, fleet, now) : TakeOver(rollout, fleet, now);
    }

    /// <summary>The first step above the weight it has; the number of steps where none is.</summary>
    private static int NextStep(RolloutState rollout) => rollout.Steps.Count(step => step.Weight <= rollout.Weight);

    private static Decision Progressing(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        var step = rollout.Steps[rollout.Step];
        if (step.ManualPause && !rollout.Override)
            return Decision.Of(new Paused(Principal.Engine, now, $"step {rollout.Step + 1} at {step.Weight} waits for a person", WaitingFor.Advance));
        if (MayMoveOn(rollout, step, fleet, now)) return MoveOn(state, rollout, fleet, now);
        if (KeepsFailing(rollout, fleet, now) is { } failing) return new(failing);
        return IsUndecided(rollout, step, fleet, now) ? Undecided(rollout, fleet, now) : Decision.None;
    }

    private static bool MayMoveOn(RolloutState rollout, RolloutStep step, Fleet fleet, DateTimeOffset now) =>
        rollout.Override || step.Passes || (now - rollout.StepSince >= step.For && HasEvidence(rollout, fleet));

    /// <summary>Every judged service passes, under the table of this step, with requests that this step brought.</summary>
    private static bool HasEvidence(RolloutState rollout, Fleet fleet)
    {
        if (!rollout.Judged || rollout.Strategy.Analysis.AdvancesOnTime) return true;
        var reports = fleet.Reports(rollout);
        return fleet.Generation >= rollout.StepGeneration
            && reports.Count > 0
            && reports.Values.All(report => report.Verdict == Verdict.Pass)
            && reports.Values.Sum(report => report.CanaryRequests) > rollout.StepRequests;
    }

    private static bool IsUndecided(RolloutState rollout, RolloutStep step, Fleet fleet, DateTimeOffset now) =>
        rollout.Judged && !rollout.Override && !step.Passes && now - rollout.StepSince >= rollout.Strategy.Analysis.MaxStepTime && !HasEvidence(rollout, fleet);

    private static Decision Undecided(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        var action = rollout.Strategy.Analysis.OnUndecided;
        var undecided = new Undecided(Principal.Engine, now, rollout.Step, action, fleet.Reports(rollout));
        return action switch
        {
            OnUndecided.Advance => Decision.Of(undecided),
            OnUndecided.Abort => new([undecided, .. TakeBack(rollout, "the evidence stayed undecided", now)]),
            _ => Decision.Of(undecided, new Paused(Principal.Engine, now, "the evidence is undecided", WaitingFor.Evidence)),
        };
    }

    /// <summary>Capacity before weight: instances first, the weight when they are ready; a rolling one makes room for them before.</summary>
    private static Decision MoveOn(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (rollout.IsRolling && MakeRoom(state, rollout, fleet, now) is { } first) return first;
        var next = NextStep(rollout);
        var weight = next < rollout.Steps.Count ? rollout.Steps[next].Weight : Weight.All;
        if (fleet.IsReadyFor(rollout, weight))
            return weight == Weight.All ? TakeOver(rollout, fleet, now) : Reach(rollout, next, fleet, now);
        // a canary that fell has its instances still: they are asked for anew, and so is their deadline
        var asked = rollout.ScaledFor >= weight && (rollout.IsRolling || rollout.ProgressAt > rollout.StepSince);
        if (!asked) return Decision.Of(new CapacityRequested(Principal.Engine, now, weight, null));
        return Stuck(rollout, fleet, now, $"its instances for {weight} were not ready in time");
    }

    private static Decision Held(RolloutState rollout, Fleet fleet, DateTimeOffset now) =>
        rollout.WaitingFor == WaitingFor.Evidence && rollout.Judged && HasEvidence(rollout, fleet)
            ? Decision.Of(new Resumed(Principal.Engine, now, "the evidence came"))
            : Decision.None;

    private static Decision Promoting(RolloutState rollout, Fleet fleet, DateTimeOffset now) =>
        fleet.IsReadyFor(rollout, Weight.All)
            ? TakeOver(rollout, fleet, now)
            : Stuck(rollout, fleet, now, "its instances for all traffic were not ready in time");

    private static Decision Baking(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (rollout is { IsRecreate: true, Gap: null } && RecreateGap.Measured(rollout, fleet) is { } gap) return Decision.Of(new GapMeasured(Principal.Host, now, gap));
        if (KeepsFailing(rollout, fleet, now) is { } failing) return new(failing);
        var nothingToReturnTo = rollout.Kind == RolloutKind.Rollback || rollout.From is null;
        var baked = nothingToReturnTo || rollout.Override || now - rollout.TookOverAt >= rollout.Strategy.Bake;
        // a table the host has not taken yet says nothing of who serves
        if (!baked || fleet.Generation < rollout.StepGeneration) return Decision.None;
        if (!fleet.IsReadyInFull(rollout)) return Stuck(rollout, fleet, now, "its instances were not all ready at the end of the bake time");
        return rollout is { Kind: RolloutKind.Deploy, Plan.Configuration.PostHook: { } hook }
            ? Decision.Of(new HookRequested(Principal.Engine, now, Phase.PostHook.HookName()!, hook.Reversible) { Baked = LeftOpen(rollout, fleet), Evidence = Told(rollout, fleet) })
            : Decision.Of(new Ended(Principal.Engine, now, Phase.Succeeded, LeftOpen(rollout, fleet)) { Evidence = Told(rollout, fleet) });
    }

    /// <summary>Blue/green and recreate are judged in the bake time alone: what was counted there is in the ledger too.</summary>
    private static IReadOnlyDictionary<string, JudgeReport>? Told(RolloutState rollout, Fleet fleet) => fleet.Reports(rollout) is { Count: > 0 } reports ? reports : null;

    /// <summary>The bake time ends by time alone, so what the judge had not decided by then is said; null where it passed, or was not asked.</summary>
    private static string? LeftOpen(RolloutState rollout, Fleet fleet)
    {
        if (!rollout.Judged) return null;
        var reports = fleet.Reports(rollout);
        var silent = reports.Values.Sum(report => report.CanaryRequests) <= rollout.StepRequests;
        var open = reports.Where(report => silent || report.Value.Verdict != Verdict.Pass)
            .Select(report => $"{report.Key}: {(silent || report.Value.Verdict == Verdict.NoData ? "no data" : "undecided")}").ToList();
        return open.Count == 0 && reports.Count > 0 ? null : $"the bake time ended without the judge's pass ({(open.Count == 0 ? "no report" : string.Join(", ", open))})";
    }

    private static Decision Reach(RolloutState rollout, int step, Fleet fleet, DateTimeOffset now)
    {
        var reports = fleet.Reports(rollout);
        return Decision.Of(new StepReached(
            Principal.Engine, now, step, rollout.Steps[step].Weight, reports.Values.Sum(report => report.CanaryRequests), reports)
        { Restarts = fleet.WorkerRestarts(rollout.Plan) });
    }

    private static Decision TakeOver(RolloutState rollout, Fleet fleet, DateTimeOffset now) =>
        Decision.Of(new TookOver(Principal.Engine, now, fleet.Reports(rollout)) { Restarts = fleet.WorkerRestarts(rollout.Plan) });

    private static Decision Stuck(RolloutState rollout, Fleet fleet, DateTimeOffset now, string what, TimeSpan after = default)
    {
        if (KeepsFailing(rollout, fleet, now) is { } failing) return new(failing);
        if (!DeadlinePassed(rollout, now - after)) return Decision.None;
        var cause = fleet.Failure(rollout.Plan);
        var reason = $"{what} (progress deadline {Text(rollout.Strategy.ProgressDeadline)})" + (cause is null ? "" : $": {cause.Message}");
        return new(TakeBack(rollout, reason, now, logDigest: LogDigest(cause)));
    }

    /// <summary>A crash loop, or workers that were started again and again since the step began: all the evidence there is against them.</summary>
    private static RolloutEvent[]? KeepsFailing(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (fleet.CrashLoop(rollout.Plan, CrashLoopRestarts) is { } failure)
            return TakeBack(rollout, $"its instances keep failing: {failure.Message}", now, logDigest: LogDigest(failure));
        var restarts = fleet.WorkerRestarts(rollout.Plan) - rollout.StepRestarts;
        var began = rollout.Step >= 0 || rollout.TookOverAt is not null;
        return began && restarts >= CrashLoopRestarts ? TakeBack(rollout, $"its workers were started again {restarts} times in this step", now) : null;
    }

    private static string? LogDigest(InstanceFailure? failure) =>
        failure is { LogTail.Count: > 0 } ? Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', failure.LogTail))).Value : null;

    private static bool HasDeadline(RolloutState rollout) => rollout.Phase is Phase.Starting or Phase.Promoting or Phase.Stopping;

    private static bool DeadlinePassed(RolloutState rollout, DateTimeOffset now) => now - rollout.ProgressAt >= rollout.Strategy.ProgressDeadline;

    private static string Text(TimeSpan time) => time.TotalSeconds < 120 ? $"{time.TotalSeconds:0.###} s" : $"{time.TotalMinutes:0.#} min";
}
