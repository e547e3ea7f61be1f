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
/// <param name="Past">Releases that succeeded here, in the order in which they were last deployed.</param>
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

    /// <summary>How many measured gaps <see cref="Gaps"/> remembers.</summary>
    public const int GapsKept = 5;

    public static TrackState New(TrackKey key) => new(key, null, null, null, null, null, 0, 0, 0, []);

    /// <summary>Of <see cref="Past"/>: those that a rollback left, or that were taken back since. Without a name nobody goes back to them.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>What recreate cost here, newest last: how long nobody answered.</summary>
    public IReadOnlyList<TimeSpan> Gaps { get; init; } = [];

    /// <summary>From asking for the serving release's instances to their being ready, where that was all it waited for.</summary>
    public TimeSpan? StartTook { get; init; }

    /// <summary>What <c>rollback</c> without a name returns to.</summary>
    public ReleasePlan? Earlier => Past.LastOrDefault(past => past.Release != Stable?.Release && !Left.Contains(past.Release));

    public RolloutState? Active => Rollout is { } rollout && !rollout.Phase.IsEnded() ? rollout : null;

    /// <summary>What the queued rollout waits for: it begins at the host's first word after the active one has ended.</summary>
    internal WaitingFor QueueWaitsFor => Active is null ? WaitingFor.Host : WaitingFor.Predecessor;

    public string NextRolloutId => $"{Key.Application}-{Key.Environment}-{Rollouts + 1}";
}

public sealed record QueuedRollout(string Rollout, ReleasePlan Plan, RolloutKind Kind, Principal Principal, string? Reason, DateTimeOffset At);

/// <summary>One release going into one environment.</summary>
/// <param name="From">The stable release it replaces; null for the first.</param>
/// <param name="PausedFrom">The phase to resume into.</param>
/// <param name="Step">Index into <see cref="Steps"/>; -1 before the first.</param>
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
    /// <summary>What the judge left open when the bake time was over, while the post hook is waited for.</summary>
    public string? Baked { get; init; }

    /// <summary>The verdict against it while a hook runs that is not cut off; asked for when the hook has ended.</summary>
    public string? JudgedBad { get; init; }

    public Strategy Strategy => Plan.Configuration.Strategy;

    public string Release => Plan.Release;

    /// <summary>The weights on its way to all traffic; empty where it takes over at once. Frozen when it starts.</summary>
    public IReadOnlyList<RolloutStep> Steps { get; init; } = [];

    /// <summary>Rolling: stable runs for what is left beside this weight; never above <see cref="Weight"/>.</summary>
    public Weight Released { get; init; }

    /// <summary>Whether a web service of it has a stable one to be judged against, with traffic of its own.</summary>
    public bool HasJudgedService { get; init; }

    /// <summary>Blue/green: it runs to be looked at; its workers do not run yet.</summary>
    public bool Previews { get; init; }

    /// <summary>Restarts of its workers when the step began: what is added since is evidence against it.</summary>
    public int StepRestarts { get; init; }

    /// <summary>From asking for all its instances to their being ready, where nothing else was waited for.</summary>
    public TimeSpan? StartTook { get; init; }

    /// <summary>Recreate: ledger sequence that asked the old release to stop, and when; 0 before.</summary>
    public long StopGeneration { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Recreate: how long nobody answers, as stated when it started; null where nothing was known.</summary>
    public TimeSpan? ExpectedGap { get; init; }

    /// <summary>Recreate: how long nobody answered, as measured.</summary>
    public TimeSpan? Gap { get; init; }

    public bool Judged => Kind == RolloutKind.Deploy && From is not null && HasJudgedService && !Forced && Strategy.Analysis.Enabled;

    /// <summary>The hook of a phase, or null where the phase or the release has none.</summary>
    public Hook? HookOf(Phase phase) => phase switch
    {
        Phase.PreHook => Plan.Configuration.PreHook,
        Phase.Checking => Strategy.BlueGreen?.Check,
        Phase.PostHook => Plan.Configuration.PostHook,
        _ => null,
    };

    /// <summary>The hook that waits for the host's word, or null.</summary>
    public Hook? DueHook => HookGeneration == 0 ? null : HookOf(Phase);

    /// <summary>The service by which the judge failed it; null while it has not.</summary>
    public string? Condemned { get; init; }

    /// <summary>It is being taken back: its weight is what it may keep until stable has a ready instance, and nothing after.</summary>
    public bool IsFalling => Phase == Phase.Aborting || (Phase == Phase.Halted && WaitingFor == Rollouts.WaitingFor.StableReady);

    /// <summary>The release it replaces has exclusive data: whatever its own strategy is, the old one must stop first.</summary>
    public bool ReplacesExclusive { get; init; }

    /// <summary>Both releases may not run at once: the old one stops before the new one starts.</summary>
    public bool IsRecreate => From is not null && (Strategy.Kind == StrategyKind.Recreate || ReplacesExclusive);

    /// <summary>Instances are replaced batch by batch, so that both releases together never run much more than one alone.</summary>
    public bool IsRolling => From is not null && Strategy.Kind == StrategyKind.Rolling && !IsRecreate;

    /// <summary>It runs in full beside the old one before it gets all traffic in one swap.</summary>
    public bool IsBlueGreen => Kind == RolloutKind.Deploy && From is not null && Strategy.Kind == StrategyKind.BlueGreen && !IsRecreate;

    /// <summary>Cron services run by the release that has all traffic, and by no other.</summary>
    public bool IsInCharge => TookOverAt is not null && !IsFalling;

    /// <summary>Instances of a service that a weight needs: its share of full load, rounded up.</summary>
    /// <remarks>
    /// Workers have no share to take: they run in full with all traffic and not at all before, but in a rolling rollout, where
    /// they are replaced in batches too. A cron runs nothing until it is due.
    /// </remarks>
    public int Needed(ServiceConfiguration service, Weight weight) => service.Kind switch
    {
        ServiceKind.Cron => 0,
        ServiceKind.Worker when !IsRolling => weight == Weight.All && !Previews ? service.Instances : 0,
        _ => RollingUpdate.Share(service.Instances, weight),
    };
}
