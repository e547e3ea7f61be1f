using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

public enum RolloutKind { Deploy, Rollback }

/// <summary>A release as one environment runs it: configuration and artifacts together, so that both go back together.</summary>
public sealed record ReleasePlan(string Release, EnvironmentConfiguration Configuration, IReadOnlyDictionary<string, Digest> Artifacts);

/// <summary>
/// An application in an environment on a target, as the ledger tells it. Immutable: <c>RolloutMachine.Apply</c>
/// makes the next one, and replaying the ledger makes the same one.
/// </summary>
/// <param name="Stable">What serves; null before the first release.</param>
/// <param name="Warm">The release before, kept running for an instant return until <paramref name="WarmUntil"/>.</param>
/// <param name="Rollout">The active rollout, or the last one that ended.</param>
/// <param name="Queued">Starts when the active rollout has ended.</param>
/// <param name="Generation">Ledger sequence of the newest event of this track.</param>
/// <param name="AcknowledgedLatch">The newest latch that was read and acted on.</param>
/// <param name="Past">Releases that succeeded here: the serving one last, before it the one that <c>rollback</c> returns to.</param>
public sealed record TrackState(
    TrackKey Key,
    ReleasePlan? Stable,
    ReleasePlan? Warm,
    DateTimeOffset? WarmUntil,
    RolloutState? Rollout,
    QueuedRollout? Queued,
    long Generation,
    long AcknowledgedLatch,
    int Rollouts,
    IReadOnlyList<ReleasePlan> Past)
{
    /// <summary>How many succeeded releases <see cref="Past"/> remembers for <c>rollback --to</c>.</summary>
    public const int PastKept = 20;

    public static TrackState New(TrackKey key) => new(key, null, null, null, null, null, 0, 0, 0, []);

    public RolloutState? Active => Rollout is { } rollout && !rollout.Phase.IsEnded() ? rollout : null;

    /// <summary>What the queued rollout waits for: it begins at the host's first word after the active one has ended.</summary>
    internal WaitingFor QueueWaitsFor => Active is null ? WaitingFor.Host : WaitingFor.Predecessor;

    public string NextRolloutId => $"{Key.Application}-{Key.Environment}-{Rollouts + 1}";
}

public sealed record QueuedRollout(string Rollout, ReleasePlan Plan, RolloutKind Kind, Principal Principal, string? Reason, DateTimeOffset At);

/// <summary>One release going into one environment.</summary>
/// <param name="From">The stable release it replaces; null for the first.</param>
/// <param name="PausedFrom">The phase to resume into.</param>
/// <param name="Step">Index into the strategy's steps; -1 before the first.</param>
/// <param name="Weight">The canary's declared weight.</param>
/// <param name="ScaledFor">The weight its capacity is asked for; never below <paramref name="Weight"/>.</param>
/// <param name="StepSince">When the weight was raised last.</param>
/// <param name="StepGeneration">Ledger sequence of that; evidence observed under an older table does not count.</param>
/// <param name="StepRequests">Canary requests judged when the step began: a step needs new ones.</param>
/// <param name="ProgressAt">The last sign of progress, for the progress deadline.</param>
/// <param name="TookOverAt">When it got all traffic.</param>
/// <param name="CannotGoBack">An irreversible hook has run (or may have).</param>
/// <param name="StableStopped">Recreate: the old release's instances are stopped.</param>
/// <param name="Override">A person said to go on: time and evidence are not waited for, capacity is.</param>
/// <param name="Forced">A person let it go on from Halted: evidence against it is no longer asked for.</param>
/// <param name="Falls">How often it fell to fail-safe without evidence against it (lost contact, host restart).</param>
/// <param name="Outcome">Aborting: how it will end.</param>
/// <param name="HookGeneration">Ledger sequence that asked for the phase's hook; 0 where none is due: it runs, or has run.</param>
public sealed record RolloutState(
    string Id,
    RolloutKind Kind,
    ReleasePlan Plan,
    string? From,
    Principal Principal,
    Phase Phase,
    Phase PausedFrom,
    int Step,
    Weight Weight,
    Weight ScaledFor,
    string? Reason,
    WaitingFor? WaitingFor,
    DateTimeOffset StartedAt,
    DateTimeOffset PhaseSince,
    DateTimeOffset StepSince,
    long StepGeneration,
    long StepRequests,
    DateTimeOffset ProgressAt,
    DateTimeOffset? TookOverAt,
    DateTimeOffset? EndedAt,
    bool CannotGoBack,
    bool StableStopped,
    bool Override,
    bool Forced,
    int Falls,
    Phase Outcome,
    long HookGeneration)
{
    /// <summary>The verdict against it while a hook runs that is not cut off; asked for when the hook has ended.</summary>
    public string? JudgedBad { get; init; }

    public Strategy Strategy => Plan.Configuration.Strategy;

    public string Release => Plan.Release;

    /// <summary>Weights move by evidence and time only where there is something to compare with and to return to.</summary>
    public bool IsGradual => Kind == RolloutKind.Deploy && From is not null && Strategy.Kind == StrategyKind.Canary;

    public bool Judged => Kind == RolloutKind.Deploy && From is not null && !Forced && Strategy.Analysis.Enabled;

    /// <summary>The hook that waits for the host's word, or null.</summary>
    public Hook? DueHook => HookGeneration == 0 ? null : Phase == Phase.PreHook ? Plan.Configuration.PreHook : Plan.Configuration.PostHook;

    /// <summary>The service by which the judge failed it; null while it has not.</summary>
    public string? Condemned { get; init; }

    /// <summary>It is being taken back: its weight is what it may keep until stable has a ready instance, and nothing after.</summary>
    public bool IsFalling => Phase == Phase.Aborting || (Phase == Phase.Halted && WaitingFor == Rollouts.WaitingFor.StableReady);

    /// <summary>Both releases may not run at once: the old one stops before the new one starts.</summary>
    public bool IsRecreate => From is not null && Strategy.Kind == StrategyKind.Recreate;
}
