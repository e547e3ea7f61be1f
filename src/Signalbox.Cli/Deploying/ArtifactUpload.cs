using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Deploying;

/// <summary>A directory or archive as its canonical layer, in a file that goes with it.</summary>
/// <param name="Path">What was packed.</param>
/// <param name="Tar">Read and written; deleted when it is closed.</param>
internal sealed record PackedFile(string Path, PackedArtifact Packed, FileStream Tar) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Tar.DisposeAsync();
}

/// <summary>Packs a directory or archive to its canonical layer and uploads it where the control plane has not got it yet.</summary>
internal sealed class ArtifactUpload(ControlPlaneClient client, Session session)
{
    public async Task<Digest> RunAsync(string path, bool silent)
    {
        await using var packed = await PackAsync(path, session).ConfigureAwait(false);
        return await SendAsync(packed, silent).ConfigureAwait(false);
    }

    /// <exception cref="SignalboxException">It is no artifact; exit code 1.</exception>
    public static async Task<PackedFile> PackAsync(string path, Session session)
    {
        var scratch = Path.Combine(Path.GetTempPath(), $"signalbox-{Guid.NewGuid():N}.tar");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        var tar = new FileStream(scratch, options);
        try
        {
            var packing = Task.Run(() => ArtifactPacker.Pack(path, tar), session.Cancel);
            await Progress.ShowAsync(session, packing, () => $"packing, {tar.Length:N0} bytes").ConfigureAwait(false);
            return new(path, await packing.ConfigureAwait(false), tar);
        }
        catch (Exception e)
        {
            await tar.DisposeAsync().ConfigureAwait(false);
            if (e is ArtifactRefusedException refused) throw new SignalboxException(ExitCode.No, refused.ToFinding(path));
            throw;
        }
    }

    public async Task<Digest> SendAsync(PackedFile file, bool silent)
    {
        var packed = file.Packed;
        if (!silent) session.Say($"packed {file.Path}: {packed.Files} {(packed.Files == 1 ? "file" : "files")}, {packed.Size:N0} bytes, {packed.Digest.Short}");
        if (await client.HasArtifactAsync(packed.Digest, session.Cancel).ConfigureAwait(false)) return packed.Digest;
        file.Tar.Position = 0;
        var upload = client.UploadAsync(packed.Digest, file.Tar, session.Cancel);
        await Progress.ShowAsync(session, upload, () => $"uploading {100 * file.Tar.Position / Math.Max(1, packed.Size)} %").ConfigureAwait(false);
        return (await upload.ConfigureAwait(false)).Digest;
    }
}
