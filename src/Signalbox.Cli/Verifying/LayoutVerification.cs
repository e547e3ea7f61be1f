using Signalbox.Cli.Running;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Verifying;

/// <summary>Verifies what an OCI image layout on disk says about its image.</summary>
internal static class LayoutVerification
{
    private static readonly FileStats s_stats = new();

    /// <exception cref="SignalboxException">The layout is damaged, does not hold the image, or holds no evidence.</exception>
    public static VerificationResult[] Verify(string directory, TrustedRoot root, VerificationPolicy policy)
    {
        var layout = new ImageLayout((path, most) => Read(directory, path, most));
        try
        {
            var image = policy.Artifact.FirstOrDefault(digest => digest.Algorithm == "sha256")
                ?? (policy.Artifact.Count == 0 ? layout.ImageDigest() : throw Refused("layout-digest", $"the images of a layout are named by sha256; expected that digest beside {policy.Artifact[0]}", directory, "signalbox verify --help"));
            var named = policy with { Artifact = [image] };
            var evidence = layout.EvidenceFor(image);
            return evidence.Count > 0
                ? [.. evidence.Select(item => Verify(item, root, named))]
                : throw Refused("image-unsigned", $"{directory} holds no signature of the image {image}", directory, $"cosign save --dir {directory} IMAGE");
        }
        catch (FormatException e)
        {
            throw Refused("layout-malformed", $"{directory}: {e.Message}", directory, $"ls {directory}");
        }
    }

    private static VerificationResult Verify(ImageEvidence evidence, TrustedRoot root, VerificationPolicy policy) => evidence.MediaType == ImageSignature.MediaType
        ? new ImageSignature(evidence.Content, evidence.Annotations).Verify(root, policy, DateTimeOffset.UtcNow)
        : BundleVerifier.Verify(evidence.Content, root, policy, DateTimeOffset.UtcNow);

    /// <summary>A regular file below the directory: a link could lead anywhere, and a pipe has no end.</summary>
    private static byte[]? Read(string directory, string path, int most)
    {
        for (var parent = Path.GetDirectoryName(path); parent is { Length: > 0 }; parent = Path.GetDirectoryName(parent))
            if (s_stats.Of(Path.Combine(directory, parent)) is not { Kind: FileKind.Directory }) return null;
        var full = Path.Combine(directory, path);
        if (s_stats.Of(full) is not { Kind: FileKind.File } file) return null;
        return file.Size <= most ? VerifyOptions.ReadFile(full, "layout") : throw new IOException($"{path} has {file.Size:N0} bytes; the most is {most:N0}");
    }

    private static SignalboxException Refused(string id, string message, string directory, string help) => new(ExitCode.No, Finding.Error(id, message, new(directory), help));
}
