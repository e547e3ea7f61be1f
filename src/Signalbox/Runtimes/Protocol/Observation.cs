using Signalbox.Analysis;
using Signalbox.Delivery;

namespace Signalbox.Runtimes.Protocol;

/// <summary>What a host says of itself when the control plane connects.</summary>
/// <param name="HostId">Made once per state directory.</param>
/// <param name="Cursor">Newest observation; ask for what comes after it.</param>
/// <param name="Warnings">What its operator should know, e.g. that workloads share its user.</param>
public sealed record HostState(
    int Protocol, string HostId, DateTimeOffset StartedAt, long Epoch, long Cursor, IReadOnlyList<TrackObservation> Tracks,
    IReadOnlyList<string>? Warnings = null);

/// <summary>
/// A line of the observation stream: the whole state of one track, sent whenever it changed. Level-triggered:
/// a reader that missed lines loses nothing but the times in between.
/// </summary>
public sealed record Observation(long Cursor, DateTimeOffset At, TrackObservation Track);

/// <param name="Epoch">Of the table in force.</param>
/// <param name="Generation">Of the table in force; 0 before the first.</param>
/// <param name="Latch">Set while the host holds fail-safe by itself.</param>
public sealed record TrackObservation(string Track, long Epoch, long Generation, string? Rollout, Latch? Latch, IReadOnlyList<ServiceObservation> Services);

public enum LatchReason { Judge, Lease, Operator, HostRestart }

/// <summary>The host fell to fail-safe by itself and stays there until a table acknowledges this latch by its id.</summary>
/// <param name="Id">Grows by one per track and host; never 0.</param>
/// <param name="Held">True while weights stay as they were: fail-safe is hold, or stable has no ready instance yet. Once fallen it stays false.</param>
/// <param name="Principal">Who asked, for <see cref="LatchReason.Operator"/>.</param>
/// <param name="Decision">The judge's report, for <see cref="LatchReason.Judge"/>.</param>
public sealed record Latch(
    long Id, LatchReason Reason, string Detail, DateTimeOffset At, long Generation, bool Held,
    string? Service = null, string? Principal = null, JudgeReport? Decision = null);

/// <param name="ListenError">Why the address cannot be listened on, or null.</param>
/// <param name="Gap">The last time it had nobody to route to since this host runs; null where there was none, or it lasts still.</param>
/// <param name="UserId">The user of its own that its instances run as; null where they run as the host's.</param>
public sealed record ServiceObservation(
    string Service, IReadOnlyList<ArmObservation> Arms, JudgeReport? Judge, string? ListenError, int? UserId = null, ServiceGap? Gap = null);

/// <summary>A time in which requests were answered 503 because nobody was there.</summary>
/// <param name="Length">By the host's monotonic clock, from swap to swap.</param>
/// <param name="Generation">Of the table in force when it began.</param>
public sealed record ServiceGap(TimeSpan Length, long Generation);

/// <param name="Desired">Instances the table asks for.</param>
/// <param name="Ready">Instances that may take traffic now.</param>
/// <param name="Weight">The weight in force, which can be below the table's.</param>
/// <param name="InFlight">Requests now at this arm.</param>
/// <param name="Failure">Why instances are not ready, newest; null when all are.</param>
/// <param name="Latency">Of the last seconds; null without requests, and from a host that does not tell it.</param>
public sealed record ArmObservation(
    string Revision, int Desired, int Running, int Ready, Weight Weight, int Restarts,
    long Requests, long Bad, int InFlight, InstanceFailure? Failure, LatencyQuantiles? Latency = null);

/// <param name="Kind">exited, not-ready-yet, start-timeout, unhealthy, listener-foreign, artifact-missing, cannot-start.</param>
/// <param name="LogTail">The instance's last lines (at most 20 lines, 4 KiB): shown to people, never in the ledger.</param>
public sealed record InstanceFailure(string Kind, string Message, int? ExitCode, DateTimeOffset At, IReadOnlyList<string> LogTail);

/// <summary>Answer to a put.</summary>
/// <param name="Accepted">False: see <paramref name="Refusal"/>; the host's own epoch, generation and latch say what it holds.</param>
/// <param name="Swap">Null where nothing was swapped.</param>
public sealed record PutResult(bool Accepted, string? Refusal, string? Message, TrackObservation State, SwapTiming? Swap = null)
{
    public const string StaleEpoch = "stale-epoch";
    public const string StaleGeneration = "stale-generation";
    public const string LatchNotAcknowledged = "latch-not-acknowledged";
    public const string CannotListen = "cannot-listen";
    public const string ArtifactMissing = "artifact-missing";
    public const string UnknownProtocol = "unknown-protocol";

    /// <summary>Weights that do not add up, a service or revision named twice, an address that is none.</summary>
    public const string InvalidTable = "invalid-table";

    /// <summary>The host cannot write its state (a full disk); a table that only lowers takes effect all the same.</summary>
    public const string CannotPersist = "cannot-persist";
}

/// <summary>How quickly a table took effect, by the host's clock.</summary>
/// <param name="At">When the last slot was swapped: no request whose routing begins later reaches what the table took away.</param>
/// <param name="SinceArrival">From the put's arrival, over checking and writing the table and making its routes, to <paramref name="At"/>.</param>
/// <param name="Swapping">From before the first slot was swapped to after the last: how long services of one table can be of two generations.</param>
public sealed record SwapTiming(DateTimeOffset At, TimeSpan SinceArrival, TimeSpan Swapping);

/// <summary>The control plane is alive; each table says how long that lasts (<see cref="DeclaredTable.Lease"/>).</summary>
public sealed record LeaseRenewal(long Epoch);

public sealed record FallRequest(string Principal, string Reason);
