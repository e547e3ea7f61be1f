using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Runtimes;

/// <summary>
/// The control plane's side of the host protocol. The Unix-socket client and the simulator's fake implement it.
/// Every method throws <see cref="HostUnreachableException"/> when the host cannot be asked.
/// </summary>
public interface IHostClient
{
    Task<HostState> ReadStateAsync(CancellationToken cancel);

    Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel);

    Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel);

    Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel);

    /// <summary>Lowers the track to its fail-safe at once (effect first); idempotent.</summary>
    Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel);
}

public sealed class HostUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
