using Signalbox.Delivery;
using Signalbox.Ledger;
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

    internal const string PreHookName = "pre";
    internal const string PostHookName = "post";

    public static Decision Decide(TrackState state, Signal signal, DateTimeOffset now) => signal switch
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
        if (state.Active is not { } active)
            return state.Stable?.Release == release
                ? Decision.Refuse("rollout-nothing-to-do", $"{release} already serves {state.Key}", "signalbox status")
                : new(Start(state, state.NextRolloutId, submit.Plan, submit.Kind, submit.Principal, submit.Reason, now));
        if (active.Release == release && active.Phase != Phase.Aborting)
            return Decision.Refuse("rollout-already-active", $"{release} is already going out as {active.Id}", $"signalbox rollouts watch {active.Id}");
        if (state.Stable?.Release == release)
            return active.CannotGoBack || active.Phase == Phase.Aborting
                ? Decision.Refuse("rollout-nothing-to-do", $"{release} serves {state.Key} and {active.Id} is {active.Phase}", $"signalbox abort {active.Id}")
                : Decision.Of(new AbortStarted(submit.Principal, now, $"superseded by {release}, which already serves", Phase.RolledBack, null, null));
        if (state.Queued is { } same && same.Plan.Release == release && same.Kind == submit.Kind)
            return Decision.Refuse("rollout-already-queued", $"{release} already waits as {same.Rollout} for {active.Id} to end", $"signalbox rollouts watch {same.Rollout}");
        var queued = new Queued(submit.Principal, now, $"{state.Key.Application}-{state.Key.Environment}-{state.Rollouts + 1}", submit.Plan, submit.Kind, submit.Reason);
        RolloutEvent[] replaced = state.Queued is { } waiting ? [new QueueDropped(submit.Principal, now, waiting.Rollout, $"superseded by {release}"), queued] : [queued];
        if (active.Phase == Phase.Aborting || active.CannotGoBack) return Decision.Of(replaced);
        return Decision.Of([.. replaced, new AbortStarted(submit.Principal, now, $"superseded by {release}", Phase.RolledBack, null, null)]);
    }

    private static List<RolloutEvent> Start(
        TrackState state, string id, ReleasePlan plan, RolloutKind kind, Principal principal, string? reason, DateTimeOffset now)
    {
        List<RolloutEvent> events = [new Started(principal, now, id, plan, kind, state.Stable?.Release, reason)];
        if (kind == RolloutKind.Deploy && plan.Configuration.PreHook is { } hook)
            events.Add(new HookRequested(Principal.Engine, now, PreHookName, hook.Reversible));
        else
            events.AddRange(Begin(plan, kind, state.Stable is not null, now));
        return events;
    }

    /// <summary>The first move once nothing stands before it: ask for instances, or (recreate) for the old ones to stop.</summary>
    private static RolloutEvent[] Begin(ReleasePlan plan, RolloutKind kind, bool replaces, DateTimeOffset now)
    {
        var strategy = plan.Configuration.Strategy;
        if (replaces && strategy.Kind == StrategyKind.Recreate) return [new StopRequested(Principal.Engine, now)];
        var gradual = replaces && kind == RolloutKind.Deploy && strategy.Kind == StrategyKind.Canary && strategy.Steps.Count > 0;
        return [new CapacityRequested(Principal.Engine, now, gradual ? strategy.Steps[0].Weight : Weight.All, null)];
    }

    private static Decision Advance(TrackState state, Signal.Advance advance, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        return rollout.Phase switch
        {
            Phase.Halted => Decision.Of(Force(rollout, advance.Principal, advance.Reason, now)),
            Phase.Paused => Decision.Of(new Resumed(advance.Principal, now, advance.Reason), new Overridden(advance.Principal, now, advance.Reason)),
            Phase.Progressing or Phase.Baking => Decision.Of(new Overridden(advance.Principal, now, advance.Reason)),
            _ => NotNow(rollout, "advanced"),
        };
    }

    private static Decision Pause(TrackState state, Signal.Pause pause, DateTimeOffset now)
    {
        if (state.Active is not { } rollout) return NoneActive(state);
        return rollout.Phase is Phase.Starting or Phase.Progressing or Phase.Promoting or Phase.Baking
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
            Phase.PreHook => [resumed, .. Begin(rollout.Plan, rollout.Kind, rollout.From is not null, now)],
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
        return Decision.Of(new AbortStarted(abort.Principal, now, abort.Reason ?? $"aborted by {abort.Principal}", Phase.RolledBack, null, null));
    }

    private static Decision Hook(TrackState state, Signal.HookFinished hook, DateTimeOffset now)
    {
        if (state.Active is not { } rollout || !IsRunning(rollout, hook.Hook)) return Decision.None;
        var ended = new HookEnded(Principal.Engine, now, hook.Hook, hook.Succeeded, hook.Detail, hook.OutputDigest);
        if (!hook.Succeeded) return new([ended, .. TakeBack(rollout, $"the {hook.Hook} hook failed: {hook.Detail}", now)]);
        return hook.Hook == PreHookName
            ? new([ended, .. Begin(rollout.Plan, rollout.Kind, rollout.From is not null, now)])
            : Decision.Of(ended, new Ended(Principal.Engine, now, Phase.Succeeded, null));
    }

    private static Decision HookInterrupted(TrackState state, Signal.HookInterrupted hook, DateTimeOffset now)
    {
        if (state.Active is not { } rollout || !IsRunning(rollout, hook.Hook)) return Decision.None;
        var detail = "the control plane stopped while it ran; whether it did its work is not known";
        return new([new HookEnded(Principal.Engine, now, hook.Hook, false, detail, null), .. TakeBack(rollout, $"the {hook.Hook} hook was interrupted", now)]);
    }

    private static bool IsRunning(RolloutState rollout, string hook) =>
        rollout.HookGeneration == 0 && ((rollout.Phase == Phase.PreHook && hook == PreHookName) || (rollout.Phase == Phase.PostHook && hook == PostHookName));

    private static Decision Refused(TrackState state, Signal.Refused refused, DateTimeOffset now) =>
        state.Active is { Phase: not (Phase.Aborting or Phase.Halted) } rollout
            ? new(TakeBack(rollout, $"the host refused: {refused.Message}", now))
            : Decision.None;

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
