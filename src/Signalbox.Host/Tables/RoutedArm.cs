using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>One revision of a service: its instances and its counts.</summary>
internal sealed class RoutedArm(ArmTable table, Arm arm)
{
    public RoutedArm(ArmTable table) : this(table, new Arm(table.Revision)) { }

    public Arm Arm { get; } = arm;

    public string Revision => Table.Revision;

    public ArmTable Table { get; set; } = table;

    public List<RoutedInstance> Instances { get; } = [];

    /// <summary>In force, in basis points.</summary>
    public int Share { get; set; }

    /// <summary>A cron's runs that failed one after the other, and how the last one did.</summary>
    private int _failedRuns;
    private InstanceFailure? _lastFailure;

    // made with the first request: a thousand idle services need none
    private RecentLatency? _latency;

    public int Ready => Instances.Count(i => i.Ready);

    /// <summary>Whether instances of this arm can go on under another table of the same revision.</summary>
    public bool RunsAs(ArmTable other) =>
        Table.Artifact == other.Artifact && Table.Command.SequenceEqual(other.Command) && Equals(Table.Health with { Command = null }, other.Health with { Command = null })
        && (Table.Health.Command ?? []).SequenceEqual(other.Health.Command ?? []) && SameVariables(other);

    private bool SameVariables(ArmTable other) =>
        Table.Environment.Count == other.Environment.Count
        && Table.Environment.All(v => other.Environment.TryGetValue(v.Key, out var value) && value == v.Value);

    public Backend[] ReadyBackends() => [.. Instances.Where(i => i is { Ready: true, Backend: not null }).Select(i => i.Backend!)];

    /// <summary>What happened since the last drain. One reader.</summary>
    public ArmSample Drain(DateTimeOffset now)
    {
        var sample = Arm.Recorder.Drain();
        if (sample != ArmSample.Empty) (_latency ??= new()).Add(sample, now);
        return sample;
    }

    public ArmObservation Observe(int desired, DateTimeOffset now)
    {
        var (requests, bad) = Arm.Recorder.Totals;
        var failure = Instances.Select(i => i.Instance.Failure).Where(f => f is not null).MaxBy(f => f!.At);
        return new(
            Revision, desired, Instances.Count(i => IsRunning(i.Instance.Phase)), Ready, new Weight(Share),
            Instances.Sum(i => i.Instance.Restarts), requests, bad, Instances.Sum(i => i.InFlight), failure, _latency?.At(now));
    }

    /// <summary>How a run of a cron went.</summary>
    public void Learn(SupervisedInstance ended) => (_failedRuns, _lastFailure) = ended.Failure is { } failure ? (_failedRuns + 1, failure) : (0, null);

    /// <summary>A cron is fit while its last run was, and before its first: its runs in a row that failed stand for restarts.</summary>
    public ArmObservation ObserveCron(DateTimeOffset now) => Observe(Table.Instances, now) with
    {
        Ready = _failedRuns == 0 ? Table.Instances : 0,
        Restarts = _failedRuns,
        Failure = _lastFailure,
    };

    private static bool IsRunning(InstancePhase phase) => phase is InstancePhase.Starting or InstancePhase.Ready or InstancePhase.Unready or InstancePhase.Stopping;
}
