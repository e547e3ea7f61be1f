using Signalbox.Analysis;
using Signalbox.Delivery;

namespace Signalbox.Runtimes.Protocol;

/// <summary>
/// All that a host shall make true for one track. Putting it is idempotent; an older epoch or generation is
/// refused. The host persists it before it answers.
/// </summary>
/// <param name="Protocol">Version of this shape; a host takes its own and the one before.</param>
/// <param name="Epoch">Incarnation of the control plane; grows with each start of it.</param>
/// <param name="Generation">Ledger sequence of the newest event this table follows from: what is not in the ledger cannot raise a weight.</param>
/// <param name="Track"><see cref="TrackKey"/> as text.</param>
/// <param name="Rollout">The running rollout, or null.</param>
/// <param name="FailSafe">What the host applies by itself when the lease runs out or anyone lets the signal fall.</param>
/// <param name="AcknowledgedLatch">The latch the control plane has read. While the host holds another one, it refuses this table.</param>
/// <param name="Lease">How long the host goes on without a renewal while a canary has weight.</param>
/// <param name="Falling">
/// The rollout is being taken back: weights are those it had, and each service goes to stable for good as soon as that has a
/// ready instance. Until then the canary goes on, for the alternative is nothing.
/// </param>
/// <param name="Condemned">The service whose canary the judge failed: while it goes on, it carries no more than its own share.</param>
/// <param name="Keep">Artifacts beside those of the arms that are still to be had: of the releases to go back to, and of the one that waits.</param>
public sealed record DeclaredTable(
    int Protocol,
    long Epoch,
    long Generation,
    string Track,
    string? Rollout,
    IReadOnlyList<ServiceTable> Services,
    FailSafeMode FailSafe,
    long AcknowledgedLatch,
    TimeSpan Lease,
    bool Falling = false,
    string? Condemned = null,
    IReadOnlyList<Digest>? Keep = null)
{
    public const int CurrentProtocol = 1;
}

/// <summary>
/// <see cref="Stable"/>: all weight to the stable arm while that has ready capacity, else as <see cref="Hold"/>.
/// <see cref="Hold"/>: weights stay as they are (the canary may be the only healthy copy).
/// <see cref="Capacity"/>: stable does not run in full. Lost contact is as <see cref="Hold"/>; where the judge failed the canary or a
/// person took it back, stable takes what its ready instances can carry, and all of it once all of them are ready.
/// </summary>
public enum FailSafeMode { Stable, Hold, Capacity }

/// <param name="Stable">Revision of the arm that fail-safe goes to; null before the first release.</param>
/// <param name="Preview">Null where nothing is to be looked at.</param>
/// <param name="Kind">Of its arms, but for those that say another.</param>
/// <param name="Schedule">When a cron service runs; its arm with an instance is the one that does.</param>
/// <param name="NextListen">Where it listens once the new release has all traffic: served as well until then. Null where that is <paramref name="Listen"/>.</param>
/// <param name="SplitSecret">Base64 of the per-rollout secret that sticky keys are HMAC'd with.</param>
public sealed record ServiceTable(
    string Service,
    ServiceKind Kind,
    ListenAddress? Listen,
    StickyKey? Sticky,
    string? SplitSecret,
    string? Stable,
    IReadOnlyList<ArmTable> Arms,
    TimeSpan DrainTimeout,
    JudgePlan? Judge,
    PreviewTable? Preview = null,
    CronSchedule? Schedule = null,
    ListenAddress? NextListen = null)
{
    /// <summary>Instances of an arm that carry all traffic. Where the table does not say: as many as the greater of it and stable asks for.</summary>
    public int FullLoadOf(ArmTable arm) => arm.FullLoad > 0
        ? arm.FullLoad
        : Math.Max(1, Math.Max(arm.Instances, Arms.FirstOrDefault(other => other.Revision == Stable)?.Instances ?? 0));

    public ServiceKind KindOf(ArmTable arm) => arm.Kind ?? Kind;

    /// <returns>When an arm's runs begin; null where it is no cron.</returns>
    public CronSchedule? ScheduleOf(ArmTable arm) => KindOf(arm) == ServiceKind.Cron ? arm.Schedule ?? Schedule : null;

    public TimeSpan DrainTimeoutOf(ArmTable arm) => arm.DrainTimeout ?? DrainTimeout;
}

/// <summary>An address where one revision alone is seen, whatever its weight. What comes in there is evidence of nothing.</summary>
public sealed record PreviewTable(ListenAddress Listen, string Revision);

/// <summary>The instances of one revision of a service. An arm that is no longer in the table is drained and stopped.</summary>
/// <param name="Revision">The release id.</param>
/// <param name="Instances">How many shall run.</param>
/// <param name="FullLoad">How many instances of it would carry all traffic: a weight in force is at most the ready share of them. 0: as many as are asked for.</param>
/// <param name="Weight">Its share of traffic; the weights of a service's arms add up to 100 % (or to 0 where none is ready yet).</param>
/// <param name="Kind">Where this revision runs as another kind than the service has now; else null.</param>
/// <param name="Schedule">Where it is a cron that runs at other times; else null.</param>
/// <param name="DrainTimeout">Where it is drained for another time; else null.</param>
public sealed record ArmTable(
    string Revision,
    Digest Artifact,
    int Instances,
    Weight Weight,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    HealthCheck Health,
    TimeSpan StopGrace,
    int FullLoad = 0,
    ServiceKind? Kind = null,
    CronSchedule? Schedule = null,
    TimeSpan? DrainTimeout = null);
