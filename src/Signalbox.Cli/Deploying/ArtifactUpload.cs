using Signalbox.Cli.Control;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

internal sealed class ArtifactUpload(ControlPlaneClient client, Session session)
{
    public Task<Digest> RunAsync(string path, bool silent) => client is null || session is null ? throw Daemons.Waiting() : throw Daemons.Waiting();
}
