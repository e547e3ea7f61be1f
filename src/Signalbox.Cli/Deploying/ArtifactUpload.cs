using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Deploying;

/// <summary>Packs a directory or archive to its canonical layer and uploads it where the control plane has not got it yet.</summary>
internal sealed class ArtifactUpload(ControlPlaneClient client, Session session)
{
    public async Task<Digest> RunAsync(string path, bool silent)
    {
        var scratch = Path.Combine(Path.GetTempPath(), $"signalbox-{Guid.NewGuid():N}.tar");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var tar = new FileStream(scratch, options);
        var packed = await PackAsync(path, tar).ConfigureAwait(false);
        if (!silent) session.Say($"packed {path}: {packed.Files} {(packed.Files == 1 ? "file" : "files")}, {packed.Size:N0} bytes, {packed.Digest.Short}");
        if (await client.HasArtifactAsync(packed.Digest, session.Cancel).ConfigureAwait(false)) return packed.Digest;
        tar.Position = 0;
        var upload = client.UploadAsync(packed.Digest, tar, session.Cancel);
        await Progress.ShowAsync(session, upload, () => $"uploading {100 * tar.Position / Math.Max(1, packed.Size)} %").ConfigureAwait(false);
        return (await upload.ConfigureAwait(false)).Digest;
    }

    private async Task<PackedArtifact> PackAsync(string path, FileStream tar)
    {
        try
        {
            var packing = Task.Run(() => ArtifactPacker.Pack(path, tar), session.Cancel);
            await Progress.ShowAsync(session, packing, () => $"packing, {tar.Length:N0} bytes").ConfigureAwait(false);
            return await packing.ConfigureAwait(false);
        }
        catch (ArtifactRefusedException e)
        {
            throw new SignalboxException(ExitCode.No, e.ToFinding(path));
        }
    }
}
