using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Api;

/// <summary>What people and programs see of an application in an environment.</summary>
/// <param name="Phase">The active rollout's phase, or <c>Idle</c>.</param>
/// <param name="Stable">Release that serves; null before the first.</param>
/// <param name="Warm">Release kept running for an instant return, and until when.</param>
public sealed record TrackView(
    string Track, string Application, string Environment, string Phase, string? Stable, string? Warm,
    DateTimeOffset? WarmUntil, RolloutView? Rollout, IReadOnlyList<ServiceView> Services, string? HostProblem, GapView? ExpectedGap = null)
{
    /// <summary>How it differs from the environment before it; null where it is the first.</summary>
    public PromotionView? Promotion { get; init; }
}

/// <summary>An environment's drift from the one before it, and what becomes of it.</summary>
/// <param name="Environment">The one that <paramref name="Release"/> would go into.</param>
/// <param name="From">The environment before.</param>
/// <param name="Release">What serves there; null where nothing does.</param>
/// <param name="Stable">What serves here; null where nothing does.</param>
/// <param name="Behind">How many releases later <paramref name="Release"/> was made; negative where this one is ahead.</param>
/// <param name="State"><c>Nothing</c>, <c>Level</c>, <c>Ahead</c>, <c>ByHand</c>, <c>Held</c>, <c>GoingOut</c>, <c>Waiting</c>, <c>Soaking</c> or <c>Due</c>.</param>
/// <param name="Because">The same for people.</param>
/// <param name="Until">When it will be promoted by policy, where that is known.</param>
/// <param name="Next">A line to paste; null where there is nothing to do.</param>
public sealed record PromotionView(
    string Environment, string From, string? Release, string? Stable, long Behind, string State, string Because, DateTimeOffset? Until, string? Next);

/// <summary>The way of an application's releases.</summary>
/// <param name="Environments">In their order, by the newest release.</param>
/// <param name="Promotions">For each environment that another is before, also where nothing has gone out yet.</param>
public sealed record PathView(string Application, IReadOnlyList<string> Environments, IReadOnlyList<PromotionView> Promotions);

/// <summary>What a release by recreate will cost here, as far as it is known.</summary>
/// <param name="Gap">How long nobody will answer.</param>
/// <param name="Basis">Where that comes from, for people.</param>
public sealed record GapView(TimeSpan Gap, string Basis);

/// <param name="Step">1-based; 0 before the first step.</param>
/// <param name="Phase">As the machine names it, or <c>Queued</c>, or <c>Withdrawn</c>: dropped from the queue before it began.</param>
/// <param name="WaitingFor">Stable code of the outside signal a waiting rollout waits for (<c>Evidence</c>, <c>Advance</c>, <c>Resume</c> …); null while it moves by itself.</param>
/// <param name="WaitingText">The same for people.</param>
/// <param name="GoesBackTo">The release it goes or went back to, of a rollback or a rollout that is taken back; null else.</param>
/// <param name="Strategy">Canary, Recreate, Rolling or BlueGreen.</param>
/// <param name="ExpectedGap">Recreate: how long nobody would answer, as stated when it began.</param>
/// <param name="Gap">Recreate: how long nobody answered, as measured.</param>
/// <param name="LogTail">Last lines of the instance that failed, where that ended the rollout.</param>
public sealed record RolloutView(
    string Id, string Track, string Release, string? From, string Kind, string Phase, int Step, int Steps, Weight Weight,
    string? Reason, string? WaitingFor, string Principal, DateTimeOffset StartedAt, DateTimeOffset PhaseSince, DateTimeOffset? EndedAt,
    IReadOnlyList<string> LogTail, JudgeReport? Decision,
    string? WaitingText = null, string? GoesBackTo = null, string? Strategy = null, TimeSpan? ExpectedGap = null, TimeSpan? Gap = null)
{
    /// <summary>The steps that it was begun with, those within a batch of rolling too; null once it has ended.</summary>
    public IReadOnlyList<StepView>? Planned { get; init; }
}

/// <param name="For">The least time at this weight.</param>
/// <param name="ManualPause">Waits there for a person.</param>
public sealed record StepView(Weight Weight, TimeSpan For, bool ManualPause);

/// <param name="Preview">Where the release that goes out is seen alone, while it can be.</param>
/// <param name="Schedule">When a cron service runs.</param>
/// <param name="Next">Where it is reached once the release that goes out took over, where that is elsewhere; it listens there already.</param>
/// <param name="UserId">The user of its own that its instances run as, to whom its data must belong; null where they run as the host's.</param>
public sealed record ServiceView(
    string Service, string Kind, string? Address, IReadOnlyList<ArmView> Arms, JudgeReport? Judge, string? Problem, int? UserId = null,
    string? Preview = null, string? Schedule = null, string? Next = null);

/// <param name="Role">stable, canary or warm.</param>
/// <param name="Latency">Of the last seconds; null without requests.</param>
public sealed record ArmView(
    string Revision, string Role, int Desired, int Ready, Weight Weight, int Restarts, long Requests, long Bad, int InFlight, InstanceFailure? Failure,
    LatencyQuantiles? Latency = null);

public sealed record StatusView(string Version, string LedgerHead, bool HostConnected, string? HostProblem, IReadOnlyList<TrackView> Tracks, IReadOnlyList<string> Warnings)
{
    /// <summary>One for each application, by name.</summary>
    public IReadOnlyList<PathView> Paths { get; init; } = [];
}

public sealed record HistoryEntry(long Sequence, DateTimeOffset At, string Track, string Principal, string Type, string Summary);

/// <param name="Artifacts">Service name to the digest of an artifact that was uploaded before.</param>
/// <param name="Owners">Role to whom refusals are handed.</param>
/// <param name="Once">A <see cref="ReleaseKey"/>: who asks again with it, for the same, gets the release that was made; null to make one each time.</param>
public sealed record CreateRelease(
    string Application, SourceRevision? Source, IReadOnlyDictionary<string, Digest> Artifacts, IReadOnlyList<EnvironmentConfiguration> Environments,
    IReadOnlyDictionary<string, string>? Owners = null, string? Once = null);

/// <param name="First">Only where the release never went out there; else it is refused (<c>rollout-begun-before</c>).</param>
public sealed record StartRollout(string Application, string Environment, string Release, bool First = false);

/// <param name="To">The environment it goes into.</param>
public sealed record PromoteRelease(string To);

/// <param name="To">A release id; null for the one before the current.</param>
/// <param name="From">What serves as far as the caller knows: where something else does, or goes out by now, it is refused. Null for whatever does.</param>
public sealed record StartRollback(string? To, string? Reason, string? From = null);

public sealed record RolloutCommand(string? Reason);

public sealed record ArtifactUploaded(Digest Digest, long Bytes, bool Existed);

public sealed record LogLine(DateTimeOffset At, string Service, string Revision, string Instance, string Stream, string Text);

/// <summary>Who the caller is.</summary>
/// <param name="ExpiresAt">When the session ends, or the token where there is none.</param>
public sealed record SessionView(string Principal, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

/// <param name="Application">The only one that it is for; null for any.</param>
/// <param name="Environment">The only one that it is for; null for any.</param>
public sealed record TokenView(string Id, string Principal, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? Application = null, string? Environment = null);

/// <param name="Application">The only one that it is for; null for any.</param>
/// <param name="Environment">The only one that it is for; null for any.</param>
public sealed record CreateToken(string Principal, IReadOnlyList<string> Scopes, TimeSpan ValidFor, string? Application = null, string? Environment = null);

/// <param name="Token">Shown once; only its hash is kept.</param>
public sealed record TokenCreated(TokenView View, string Token);

/// <param name="Token">The OpenID Connect token of a CI job, for our audience; it is spent by this.</param>
public sealed record ExchangeToken(string Token);

/// <summary>Every refusal of the API.</summary>
/// <param name="Gates">Where the gates refused: what each of them said.</param>
public sealed record Problem(string Id, string Message, string? Help, GateReport? Gates = null);

/// <summary>Where the control plane of a state directory is found: <c>control.json</c>, mode 0600.</summary>
/// <param name="Address"><c>http://127.0.0.1:PORT</c>.</param>
/// <param name="ProcessStart">Start time of that process in clock ticks after boot (/proc/PID/stat field 22): a reused PID is told apart.</param>
public sealed record ControlPlaneFile(string Address, int ProcessId, long ProcessStart, DateTimeOffset StartedAt);
