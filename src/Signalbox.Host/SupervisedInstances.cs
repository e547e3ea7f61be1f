using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Host.Api;
using Signalbox.Host.Artifacts;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;

namespace Signalbox.Host;

/// <summary>Supervision as routing sees it.</summary>
internal sealed class SupervisedInstances(InstanceSupervisor supervisor, HostArtifacts artifacts) : IInstances
{
    public bool HasArtifact(Digest digest) => artifacts.Has(digest);

    public string ArtifactDirectory(Digest digest) => artifacts.DirectoryOf(digest);

    public Task<IReadOnlyList<SupervisedInstance>> AdoptAsync() => supervisor.AdoptAsync();

    public SupervisedInstance Start(InstanceSpec spec) => supervisor.Start(spec);

    public Task StopAsync(string instanceId, CancellationToken cancel) => supervisor.StopAsync(instanceId, cancel);
}

/// <summary>The artifact store as the API sees it; each new artifact lets the oldest unused one go.</summary>
/// <param name="inUse">What the tables in force name.</param>
internal sealed class HostArtifacts(ArtifactStore store, int keepUnused, Func<IReadOnlySet<Digest>> inUse) : IArtifacts
{
    /// <summary>An application of many services sends all its artifacts before the first table that names them.</summary>
    private static readonly TimeSpan UntilNamed = TimeSpan.FromMinutes(10);

    public bool Has(Digest digest) => store.Has(digest);

    public string DirectoryOf(Digest digest) => store.PathOf(digest);

    /// <summary>Unpacking reads and writes without waiting, so it has a thread of its own.</summary>
    public static Task UnpackAsync(Stream tar, string directory, Digest digest, CancellationToken cancel) =>
        Task.Factory.StartNew(() => ArtifactUnpacker.Unpack(tar, directory, digest), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async Task<bool> PutAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        var isNew = await store.PutAsync(digest, tar, cancel);
        if (isNew) store.Collect(inUse(), keepUnused, UntilNamed);
        return isNew;
    }
}
