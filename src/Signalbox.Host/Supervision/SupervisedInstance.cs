using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>An instance under supervision. Its status is one immutable record, swapped whole, so it can be read from any thread.</summary>
internal sealed class SupervisedInstance
{
    private InstanceStatus _status;

    internal SupervisedInstance(string id, InstanceSpec spec, InstanceStatus status) => (Id, Spec, _status) = (id, spec, status);

    /// <summary>Stable over restarts of the workload and of the host.</summary>
    public string Id { get; }

    public InstanceSpec Spec { get; }

    /// <summary>All of the below, of one moment.</summary>
    public InstanceStatus Status => Volatile.Read(ref _status);

    /// <summary>The loopback port of this run; another one after each restart. 0 before the first run.</summary>
    public int Port => Status.Port;

    public InstancePhase Phase => Status.Phase;

    public bool Ready => Status.Phase == InstancePhase.Ready;

    public int Restarts => Status.Restarts;

    /// <summary>Why it was last not ready; null once it is ready.</summary>
    public InstanceFailure? Failure => Status.Failure;

    public DateTimeOffset Since => Status.Since;

    internal void Become(InstanceStatus status) => Volatile.Write(ref _status, status);

    public override string ToString() => $"{Id} {Phase} on port {Port}";
}

/// <param name="Since">When it came into this phase.</param>
/// <param name="Restarts">Runs after the first.</param>
/// <param name="WorkloadPid">Of the running workload; null while none runs.</param>
/// <param name="UserId">The user of its own; null where it has the host's, and before its first run.</param>
internal sealed record InstanceStatus(
    InstancePhase Phase, int Port, int Restarts, InstanceFailure? Failure, DateTimeOffset Since, int? WorkloadPid = null, int? UserId = null);
