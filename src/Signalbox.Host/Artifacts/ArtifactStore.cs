using Signalbox.Delivery;

namespace Signalbox.Host.Artifacts;

/// <summary>Unpacked artifacts by digest, read-only.</summary>
internal sealed class ArtifactStore
{
    /// <param name="unpack">Unpacks a tar into a directory and verifies the digest, or throws.</param>
    /// <param name="usedByInstances">Artifact directories of the instances that live now.</param>
    public ArtifactStore(string root, Func<Stream, string, Digest, CancellationToken, Task> unpack, Func<IEnumerable<string>> usedByInstances) =>
        throw new NotImplementedException();

    public bool Has(Digest digest) => throw new NotImplementedException();

    public string PathOf(Digest digest) => throw new NotImplementedException();

    /// <returns>False where it was there already.</returns>
    public Task<bool> PutAsync(Digest digest, Stream tar, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Deletes artifacts that are in use by nothing, but for the newest.</summary>
    public IReadOnlyList<Digest> Collect(IReadOnlySet<Digest> inUse, int keepLast) => throw new NotImplementedException();
}
