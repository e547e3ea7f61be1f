using Signalbox.Delivery;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Routing;

/// <summary>What routing needs of supervision, and no more, so that tests can stand other backends in its place.</summary>
internal interface IInstances
{
    bool HasArtifact(Digest digest);

    /// <summary>The unpacked artifact's directory.</summary>
    string ArtifactDirectory(Digest digest);

    /// <summary>Finds what outlived an earlier host. Every find is also told by the changed callback.</summary>
    Task<IReadOnlyList<SupervisedInstance>> AdoptAsync();

    /// <summary>Returns at once; how it goes is told by the changed callback.</summary>
    SupervisedInstance Start(InstanceSpec spec);

    /// <summary>SIGTERM, the grace, SIGKILL; then it is forgotten.</summary>
    Task StopAsync(string instanceId, CancellationToken cancel);
}
