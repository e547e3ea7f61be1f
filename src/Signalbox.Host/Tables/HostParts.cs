using Microsoft.Extensions.Logging;
using Signalbox.Host.Routing;

namespace Signalbox.Host.Tables;

/// <summary>What every track of a host shares.</summary>
/// <param name="Stopping">Cancelled when this process ends: workloads are left as they are.</param>
internal sealed record HostParts(
    IInstances Instances, Listeners Listeners, TrackStore Store, JudgeFiles JudgeFiles, ObservationHub Hub,
    TimeProvider Time, ILogger Logger, CancellationToken Stopping)
{
    /// <summary>What judging measures with; the proxy counts by the same.</summary>
    public TimeProvider Steady { get; init; } = new SteadyTime(Time);
}
