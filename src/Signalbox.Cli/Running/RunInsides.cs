using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Evidence.Sboms;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>What Signalbox does itself in a run: the SBOM from lockfiles, provenance and signatures.</summary>
/// <param name="folder">The run's own; results go into the folder below it that <c>evidence add</c> takes.</param>
/// <param name="files">All that is part of the source, relative.</param>
/// <param name="asked">Names of the jobs that the run was asked for; empty for all.</param>
internal sealed class RunInsides(RunSource source, string folder, IReadOnlyList<string> files, SourceRevision? revision, IReadOnlyList<string> asked, DateTimeOffset started)
{
    private string Results => Path.Combine(folder, "results");

    public Task<InsideEnd> DoAsync(PlannedJob job, CancellationToken cancel) =>
        job.Job.Kind == JobKind.Sbom ? Task.FromResult(Sbom()) : SignAsync(job.Job, cancel);

    private InsideEnd Sbom()
    {
        var inventory = Inventory();
        if (inventory.Lockfiles.Count == 0) return new(JobOutcome.Gap, "there is no lockfile, so nothing is known of what it is made of");
        var artifacts = Artifacts();
        var subject = new SbomSubject(source.Application!.Name, revision?.Commit, artifacts is [var only] ? new("sha256", only.Packed.Digest.Hex) : null);
        Write("sbom.cdx.json", CycloneDxWriter.Write(inventory, subject, new(Guid.NewGuid(), TimeProvider.System.GetUtcNow(), ProductVersion.Number)));
        var text = string.Create(CultureInfo.InvariantCulture, $"{inventory.Components.Count} components of {inventory.Lockfiles.Count} lockfiles");
        return new(inventory.IsComplete ? JobOutcome.Succeeded : JobOutcome.Gap, string.Join("; ", inventory.Gaps.Select(gap => $"{gap.Path}: {gap.Message}").Prepend(text)));
    }

    /// <summary>Of what is part of the source; what Git ignores is none of it.</summary>
    private Inventory Inventory()
    {
        var sources = files.ToHashSet(StringComparer.Ordinal);
        return SbomFiles.Of(source.Directory, path => !path.EndsWith('/') && !sources.Contains(path)).Read(Read);
    }

    private async Task<InsideEnd> SignAsync(PipelineJob job, CancellationToken cancel)
    {
        var artifacts = Artifacts();
        var origin = await GitAsync(cancel, "config", "--get", "remote.origin.url").ConfigureAwait(false);
        var reference = await GitAsync(cancel, "symbolic-ref", "--quiet", "HEAD").ConfigureAwait(false);
        var statement = LocalProvenance.Statement(new(
            [.. artifacts.Select(artifact => (artifact.Path, Of(artifact.Packed.Digest))), .. Images()],
            revision is null || origin is null ? null : new(origin, reference, revision.Commit, await HasChangesAsync(revision, cancel).ConfigureAwait(false)),
            (Path.GetRelativePath(source.Directory, source.File), Of(Digest.Of(File.ReadAllBytes(source.File)))), asked, new Dictionary<string, string>(),
            Lockfiles(), $"urn:uuid:{Guid.NewGuid():D}", started, TimeProvider.System.GetUtcNow(), ProductVersion.Number));
        if (job.Key is not { } keyFile)
        {
            File.WriteAllBytes(Path.Combine(folder, "provenance.json"), statement);
            return new(JobOutcome.Gap, $"there is no key, so provenance is written unsigned, which proves nothing: {Path.Combine(folder, "provenance.json")}");
        }
        using var key = SigningKey.FromPem(File.ReadAllText(Path.Combine(source.Directory, keyFile)), Environment.GetEnvironmentVariable(Verifying.SignOptions.PasswordVariable));
        await SignAsync(SignedContent.Statement(statement), key, [Of(artifacts[0].Packed.Digest)], null, "provenance.sigstore.json", cancel).ConfigureAwait(false);
        foreach (var (index, artifact) in artifacts.Index())
        {
            // what is signed is the manifest, whose digest is the artifact's
            var manifest = ArtifactManifest.Bytes(artifact.Packed.LayerDigest, artifact.Packed.Size);
            await SignAsync(SignedContent.Message(manifest), key, [Of(artifact.Packed.Digest)], manifest, string.Create(CultureInfo.InvariantCulture, $"artifact-{index + 1}.sigstore.json"), cancel).ConfigureAwait(false);
        }
        return new(JobOutcome.Succeeded, $"signed {string.Join(", ", artifacts.Select(artifact => artifact.Packed.Digest.Short))} and its provenance, which proves SLSA build level 1: this machine is trusted");
    }

    /// <summary>Whether files differed from the commit when the run began, or do now: somebody may have changed them between the tests and this.</summary>
    private async Task<bool> HasChangesAsync(SourceRevision began, CancellationToken cancel) =>
        began.Dirty || await GitAsync(cancel, "rev-parse", "HEAD").ConfigureAwait(false) != began.Commit
        || await GitAsync(cancel, "status", "--porcelain", "--untracked-files=no").ConfigureAwait(false) is not null;

    /// <summary>What would be refused elsewhere is not written.</summary>
    private async Task SignAsync(SignedContent content, SigningKey key, IReadOnlyList<ArtifactDigest> artifact, byte[]? bytes, string name, CancellationToken cancel)
    {
        var plan = new SigningPlan(null, null, null);
        using var services = SigningServices.Create(plan);
        var bundle = await new BundleSigner(services, plan).SignAsync(content, key, cancel).ConfigureAwait(false);
        var policy = new VerificationPolicy { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(key.PublicPem))], Artifact = artifact, ArtifactBytes = bytes };
        var verified = BundleVerifier.Verify(bundle, TrustedRoot.Empty, policy, TimeProvider.System.GetUtcNow());
        if (!verified.Accepted) throw new IOException($"{name} would be refused, so it was not written: {verified.Reason}");
        Write(name, bundle);
    }

    /// <summary>Each artifact of the application once, packed as a release packs it.</summary>
    private List<(string Path, PackedArtifact Packed)> Artifacts()
    {
        var paths = source.Application!.Environments.SelectMany(environment => environment.Services).Select(service => service.ArtifactPath).Distinct(StringComparer.Ordinal);
        try
        {
            return [.. paths.Select(path => (path, ArtifactPacker.Pack(Path.Combine(source.Directory, path), Stream.Null)))];
        }
        catch (ArtifactRefusedException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Those in a registry, by their names there: what nobody can fetch proves nothing to anybody.</summary>
    private IEnumerable<(string Name, ArtifactDigest Digest)> Images() =>
        RunFolders.ReadImages(folder).Where(image => image.Digest is not null).Select(image => (ImageBuilder.RepositoryOf(image.Image), Of(image.Digest!.Value)));

    private IReadOnlyList<(string Path, ArtifactDigest Digest)> Lockfiles() => [.. Inventory().Lockfiles.Select(file => (file.Path, file.Digest))];

    private byte[] Read(string path)
    {
        using var file = File.OpenRead(Path.Combine(source.Directory, path));
        var bytes = new byte[Math.Min(file.Length, LockLimits.Default.MaxBytes + 1L)];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Results);
        File.WriteAllBytes(Path.Combine(Results, name), content);
    }

    private async Task<string?> GitAsync(CancellationToken cancel, params string[] arguments) =>
        await GitProgram.RunAsync(source.Directory, arguments, cancel).ConfigureAwait(false) is { Code: 0, Output: var output } && output.Trim() is { Length: > 0 } text ? text : null;

    private static ArtifactDigest Of(Digest digest) => new("sha256", digest.Hex);
}
