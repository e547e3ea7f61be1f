using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Rollouts.RolloutEvent;

namespace Signalbox.Rollouts;

/// <summary>
/// The rollout machine: pure. <c>Decide</c> says what follows from a signal, <c>Apply</c> makes it so,
/// <c>Desired</c> says what the host shall do. No clock, no I/O, no mutation; replay uses Apply alone.
/// </summary>
/// <remarks>The phase by signal matrix stands in docs/spec/rollout.md, printed by a test.</remarks>
public static partial class RolloutMachine
{
    /// <summary>Starts again of one instance that make a crash loop.</summary>
    public const int CrashLoopRestarts = 3;

    /// <summary>How often a rollout starts over after losing contact before it waits for a person.</summary>
    public const int FallsBeforePause = 5;

    /// <param name="seen">What the host showed last, where the signal is something else; null where it showed nothing.</param>
    public static Decision Decide(TrackState state, Signal signal, DateTimeOffset now, TrackObservation? seen = null) =>
        WithCounts(state, Follows(state, signal, now), signal is Signal.Observed observed ? observed.Observation : seen);

    private static Decision Follows(TrackState state, Signal signal, DateTimeOffset now) => signal switch
    {
        Signal.Submit submit => Submit(state, submit, now),
        Signal.Advance advance => Advance(state, advance, now),
        Signal.Pause pause => Pause(state, pause, now),
        Signal.Resume resume => Resume(state, resume, now),
        Signal.Withdraw withdraw => Withdraw(state, withdraw, now),
        Signal.Abort abort => Abort(state, abort, now),
        Signal.HookFinished hook => Hook(state, hook, now),
        Signal.HookInterrupted hook => HookInterrupted(state, hook, now),
        Signal.Refused refused => Refused(state, refused, now),
        Signal.Observed observed => Observed(state, observed.Observation, now),
        Signal.Tick => Tick(state, now),
        _ => Decision.None,
    };

    private static Decision Submit(TrackState state, Signal.Submit submit, DateTimeOffset now)
    {
        var release = submit.Plan.Release;
        if (state.Active is not { } active) return SubmitIdle(state, submit, now);
        if (active.Release == release && active.Phase != Phase.Aborting)
            return Decision.Refuse("rollout-already-active", $"{release} is already going out as {active.Id}", $"signalbox rollouts watch {active.Id}");
        if (state.Stable?.Release == release)
            return active.CannotGoBack || active.Phase == Phase.Aborting
                ? Decision.Refuse("rollout-nothing-to-do", $"{release} serves {state.Key} and {active.Id} is {active.Phase}", $"signalbox abort {active.Id}")
                : new(TakenBackBy(active, submit.Principal, $"superseded by {release}, which already serves", now));
        if (AlreadyQueued(state, submit) is { } same) return same;
        var queued = new Queued(submit.Principal, now, $"{state.Key.Application}-{state.Key.Environment}-{state.Rollouts + 1}", submit.Plan, submit.Kind, submit.Reason);
        RolloutEvent[] replaced = [.. Superseded(state, submit, now), queued];
        if (active.Phase == Phase.Aborting || active.CannotGoBack) return Decision.Of(replaced);
        return Decision.Of([.. replaced, .. TakenBackBy(active, submit.Principal, $"superseded by {release}", now)]);
    }

    /// <summary>Nothing runs. What may wait still (its predecessor has ended, the host was not there to begin on) gives way.</summary>
    private static Decision SubmitIdle(TrackState state, Signal.Submit submit, DateTimeOffset now)
    {
        var release = submit.Plan.Release;
        if (state.Stable?.Release == release)
            return Decision.Refuse("rollout-nothing-to-do", $"{release} already serves {state.Key}", state.Queued is { } next ? $"signalbox abort {next.Rollout}   # waits to begin" : "signalbox status");
        return AlreadyQueued(state, submit)
            ?? new([.. Superseded(state, submit, now), .. Start(state, state.NextRolloutId, submit.Plan, submit.Kind, submit.Principal, submit.Reason, now)]);
    }

    private static Decision? AlreadyQueued(TrackState state, Signal.Submit submit) =>
        state.Queued is { } same && same.Plan.Release == submit.Plan.Release && same.Kind == submit.Kind
            ? Decision.Refuse("rollout-already-queued", $"{same.Plan.Release} already waits as {same.Rollout} for {state.QueueWaitsFor.Text(state.Active?.Id)}", $"signalbox rollouts watch {same.Rollout}")
            : null;

    private static QueueDropped[] Superseded(TrackState state, Signal.Submit submit, DateTimeOffset now) => state.Queued is { } waiting
        ? [new(submit.Principal, now, waiting.Rollout, $"superseded by {submit.Plan.Release}")]
        : [];

    private static List<RolloutEvent> Start(
        TrackState state, string id, ReleasePlan plan, RolloutKind kind, Principal principal, string? reason, DateTimeOffset now)
    {
        var started = new Started(principal, now, id, plan, kind, state.Stable?.Release, reason);
        var rollout = NewRollout(state, started, 0);
        if (rollout.IsRecreate) started = started with { ExpectedGap = RecreateGap.Expected(state)?.Gap };
        return kind == RolloutKind.Deploy && plan.Configuration.PreHook is { } hook
            ? [started, new HookRequested(Principal.Engine, now, Phase.PreHook.HookName()!, hook.Reversible)]
            : [started, Begin(rollout, now)];
    }

    /// <summary>The first move once nothing stands before it: ask for instances, or (recreate) for the old ones to stop.</summary>
    private static RolloutEvent Begin(RolloutState rollout, DateTimeOffset now) => rollout.IsRecreate
        ? new StopRequested(Principal.Engine, now)
        : new CapacityRequested(Principal.Engine, now, rollout.Steps.Count > 0 ? rollout.Steps[0].Weight : Weight.All, null) { Previews = rollout.IsBlueGreen };

    private static Decision Advance(TrackState state, Signal.Advance advance, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        return rollout.Phase switch
        {
            Phase.Halted => Decision.Of(Force(rollout, advance.Principal, advance.Reason, now)),
            Phase.Paused => Decision.Of(new Resumed(advance.Principal, now, advance.Reason), new Overridden(advance.Principal, now, advance.Reason)),
            Phase.Previewing or Phase.Progressing or Phase.Baking => Decision.Of(new Overridden(advance.Principal, now, advance.Reason)),
            _ => NotNow(rollout, "advanced"),
        };
    }

    private static Decision Pause(TrackState state, Signal.Pause pause, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        return rollout.Phase is Phase.Starting or Phase.Previewing or Phase.Progressing or Phase.Promoting or Phase.Baking
            ? Decision.Of(new Paused(pause.Principal, now, pause.Reason ?? $"paused by {pause.Principal}", WaitingFor.Resume))
            : NotNow(rollout, "paused");
    }

    private static Decision Resume(TrackState state, Signal.Resume resume, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        return rollout.Phase switch
        {
            Phase.Paused when rollout.WaitingFor == WaitingFor.Advance => Advance(state, new(resume.Principal, resume.Reason), now),
            Phase.Paused => Decision.Of(new Resumed(resume.Principal, now, resume.Reason)),
            Phase.Halted => Decision.Of(Force(rollout, resume.Principal, resume.Reason, now)),
            _ => NotNow(rollout, "resumed"),
        };
    }

    /// <summary>A person lets a halted rollout go forward, whatever the evidence says.</summary>
    private static RolloutEvent[] Force(RolloutState rollout, Principal principal, string? reason, DateTimeOffset now)
    {
        var resumed = new Resumed(principal, now, reason);
        return rollout.PausedFrom switch
        {
            // it has not run: it still does
            _ when rollout.HookGeneration > 0 => [resumed],
            Phase.PostHook => [resumed, new Ended(principal, now, Phase.Succeeded, reason)],
            Phase.PreHook => [resumed, Begin(rollout, now)],
            Phase.Checking => [resumed, new PreviewBegan(principal, now)],
            _ => [resumed],
        };
    }

    private static Decision Withdraw(TrackState state, Signal.Withdraw withdraw, DateTimeOffset now) => state.Queued is { } queued
        ? Decision.Of(new QueueDropped(withdraw.Principal, now, queued.Rollout, withdraw.Reason ?? $"withdrawn by {withdraw.Principal}"))
        : Decision.Refuse("rollout-none-queued", $"no rollout is queued in {state.Key}", "signalbox rollouts list");

    private static Decision Abort(TrackState state, Signal.Abort abort, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        if (rollout.Phase == Phase.Aborting) return Decision.Refuse("rollout-already-aborting", $"{rollout.Id} is already being taken back", null);
        return new(TakenBackBy(rollout, abort.Principal, abort.Reason ?? $"aborted by {abort.Principal}", now));
    }

    /// <summary>
    /// A person's word. A hook that runs is cut off. One that cannot be undone leaves behind what nobody knows then: it halts, and
    /// goes back where a person says so once more.
    /// </summary>
    private static RolloutEvent[] TakenBackBy(RolloutState rollout, Principal principal, string reason, DateTimeOffset now, long? latch = null) =>
    [
        .. CutOff(rollout, reason, now),
        RunningHook(rollout) is { } hook && rollout.HookOf(rollout.Phase) is { Reversible: false }
            ? new Halted(principal, now, $"{reason}; the irreversible {hook} hook was cut off half-way, so that it goes back only where it is aborted once more", WaitingFor.Advance, latch)
            : new AbortStarted(principal, now, reason, Phase.RolledBack, latch, null),
    ];

    private static Decision Hook(TrackState state, Signal.HookFinished hook, DateTimeOffset now)
    {
        if (state.Active is not { } rollout || !IsRunning(rollout, hook.Hook)) return Decision.None;
        var ended = new HookEnded(Principal.Engine, now, hook.Hook, hook.Succeeded, hook.Detail, hook.OutputDigest);
        if (!hook.Succeeded) return new([ended, .. TakeBack(rollout, $"the {hook.Hook} hook failed: {hook.Detail}", now)]);
        if (rollout.JudgedBad is { } verdict) return new([ended, .. TakeBack(rollout, JudgeTookItBack(verdict), now)]);
        return Decision.Of(ended, rollout.Phase switch
        {
            Phase.PreHook => Begin(rollout, now),
            Phase.Checking => new PreviewBegan(Principal.Engine, now),
            _ => new Ended(Principal.Engine, now, Phase.Succeeded, rollout.Baked),
        });
    }

    private static Decision HookInterrupted(TrackState state, Signal.HookInterrupted hook, DateTimeOffset now)
    {
        if (state.Active is not { } rollout || !IsRunning(rollout, hook.Hook)) return Decision.None;
        var detail = "the control plane stopped while it ran; whether it did its work is not known";
        return new([new HookEnded(Principal.Engine, now, hook.Hook, false, detail, null), .. TakeBack(rollout, $"the {hook.Hook} hook was interrupted", now)]);
    }

    private static bool IsRunning(RolloutState rollout, string hook) => RunningHook(rollout) == hook;

    private static string? RunningHook(RolloutState rollout) => rollout.HookGeneration > 0 ? null : rollout.Phase.HookName();

    /// <summary>A hook that runs where nothing goes back by itself is not cut off half-way: its end decides.</summary>
    private static bool HookRunsOut(RolloutState rollout) => rollout.CannotGoBack && RunningHook(rollout) is not null;

    private static HookEnded[] CutOff(RolloutState rollout, string reason, DateTimeOffset now) =>
        RunningHook(rollout) is { } hook ? [new(Principal.Engine, now, hook, false, $"cut off: {reason}", null)] : [];

    private static RolloutEvent[] JudgedTakeBack(RolloutState rollout, string verdict, DateTimeOffset now, long? latch = null) => HookRunsOut(rollout)
        ? []
        : [.. CutOff(rollout, JudgeTookItBack(verdict), now), .. TakeBack(rollout, JudgeTookItBack(verdict), now, latch: latch)];

    private static string JudgeTookItBack(string verdict) => $"the judge took it back: {verdict}";

    private static Decision Refused(TrackState state, Signal.Refused refused, DateTimeOffset now)
    {
        if (state.Active is not { Phase: not (Phase.Aborting or Phase.Halted) } rollout || HookRunsOut(rollout)) return Decision.None;
        var reason = $"the host refused: {refused.Message}";
        return new([.. CutOff(rollout, reason, now), .. TakeBack(rollout, reason, now)]);
    }

    /// <summary>The machine's own decision to go back; past an irreversible hook it halts instead and says so.</summary>
    private static RolloutEvent[] TakeBack(
        RolloutState rollout, string reason, DateTimeOffset now, Phase outcome = Phase.RolledBack, long? latch = null, string? logDigest = null) =>
        rollout.CannotGoBack
            ? [new Halted(Principal.Engine, now, $"{reason}; an irreversible hook has run, so it does not go back by itself", WaitingFor.Advance, latch)]
            : [new AbortStarted(Principal.Engine, now, reason, outcome, latch, logDigest)];

    private static Decision NoneActive(TrackState state) =>
        Decision.Refuse("rollout-none-active", $"no rollout is active in {state.Key}", "signalbox rollouts list");

    private static Decision NotNow(RolloutState rollout, string verb) =>
        Decision.Refuse("rollout-not-now", $"{rollout.Id} is {rollout.Phase} and cannot be {verb} now", $"signalbox rollouts show {rollout.Id}");
}
