using System.Diagnostics.CodeAnalysis;
using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>One revision of a service: its instances and its counts.</summary>
internal sealed class RoutedArm
{
    public RoutedArm(ArmTable table, ServiceTable service)
    {
        Arm = new(table.Revision);
        Take(table, service);
    }

    /// <summary>What leaves an arm: counted with it, and drained as it.</summary>
    private RoutedArm(RoutedArm left) =>
        (Arm, Table, Kind, Schedule, DrainTimeout) = (left.Arm, left.Table, left.Kind, left.Schedule, left.DrainTimeout);

    public Arm Arm { get; }

    public string Revision => Table.Revision;

    public ArmTable Table { get; private set; }

    public ServiceKind Kind { get; private set; }

    public bool IsCron => Kind == ServiceKind.Cron;

    /// <summary>Null where it is no cron.</summary>
    public CronSchedule? Schedule { get; private set; }

    public TimeSpan DrainTimeout { get; private set; }

    public List<RoutedInstance> Instances { get; } = [];

    /// <summary>In force, in basis points.</summary>
    public int Share { get; set; }

    /// <summary>A cron's runs that failed one after the other, and how the last one did.</summary>
    private int _failedRuns;
    private InstanceFailure? _lastFailure;

    // made with the first request: a thousand idle services need none
    private RecentLatency? _latency;

    public int Ready => Instances.Count(i => i.Ready);

    [MemberNotNull(nameof(Table))]
    public void Take(ArmTable table, ServiceTable service) =>
        (Table, Kind, Schedule, DrainTimeout) = (table, service.KindOf(table), service.ScheduleOf(table), service.DrainTimeoutOf(table));

    /// <summary>Instances of it on their way out, as an arm of their own.</summary>
    public RoutedArm Leaving(IEnumerable<RoutedInstance> instances)
    {
        var way = new RoutedArm(this);
        way.Instances.AddRange(instances);
        return way;
    }

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

    /// <summary>As an arm that is in the table.</summary>
    public ArmObservation Observe(DateTimeOffset now) => IsCron ? ObserveCron(now) : Observe(Table.Instances, now);

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
    private ArmObservation ObserveCron(DateTimeOffset now) => Observe(Table.Instances, now) with
    {
        Ready = _failedRuns == 0 ? Table.Instances : 0,
        Restarts = _failedRuns,
        Failure = _lastFailure,
    };

    private static bool IsRunning(InstancePhase phase) => phase is InstancePhase.Starting or InstancePhase.Ready or InstancePhase.Unready or InstancePhase.Stopping;
}
