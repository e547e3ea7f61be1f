using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Host.Api;

/// <summary>Where artifacts that are sent to the host go.</summary>
internal interface IArtifacts
{
    bool Has(Digest digest);

    /// <returns>False where it was there already.</returns>
    /// <exception cref="ArtifactRefusedException">It is not what the digest names, or breaks a rule of archives.</exception>
    Task<bool> PutAsync(Digest digest, Stream tar, CancellationToken cancel);
}
