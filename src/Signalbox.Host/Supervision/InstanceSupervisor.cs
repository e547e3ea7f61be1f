using Microsoft.Extensions.Logging;

namespace Signalbox.Host.Supervision;

/// <summary>
/// Keeps instances running, each under a shim that outlives this process. Disposing it leaves the workloads
/// alive, so that the next host adopts them; <see cref="StopAsync"/> is what ends one.
/// </summary>
internal sealed class InstanceSupervisor : IAsyncDisposable
{
    /// <param name="changed">Called after every change of a phase, from any thread; it must be quick and not throw.</param>
    public InstanceSupervisor(
        SupervisionPaths paths, SelfCommand self, TimeProvider time, Action<SupervisedInstance> changed, ILogger logger,
        SupervisionTimings? timings = null) => throw new NotImplementedException();

    public IReadOnlyList<SupervisedInstance> Instances => throw new NotImplementedException();

    /// <summary>After a start of the host: finds what still runs, probes each once, and reports the dead as Exited. Call it once, before <see cref="Start"/>.</summary>
    public Task<IReadOnlyList<SupervisedInstance>> AdoptAsync() => throw new NotImplementedException();

    /// <summary>Returns at once; failures show in the instance, never as an exception.</summary>
    public SupervisedInstance Start(InstanceSpec spec) => throw new NotImplementedException();

    /// <summary>SIGTERM, the grace, SIGKILL; then forgets the instance and its files except logs. Idempotent; unknown ids are ignored.</summary>
    public Task StopAsync(string instanceId, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>The newest lines of an instance's log without their time and stream marks, control characters removed.</summary>
    public IReadOnlyList<string> LogTail(string instanceId, int lines = 20, int bytes = 4096) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
