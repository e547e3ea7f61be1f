using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Cli.Verifying;

/// <summary>Verifies what an OCI image layout on disk says about its image.</summary>
internal static class LayoutVerification
{
    /// <exception cref="SignalboxException">The layout is damaged, or holds no evidence.</exception>
    public static VerificationResult[] Verify(string directory, TrustedRoot root, VerificationPolicy policy)
    {
        var layout = new ImageLayout(path => Read(directory, path));
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

    private static byte[]? Read(string directory, string path)
    {
        var full = Path.Combine(directory, path);
        // a link could lead anywhere
        return File.Exists(full) && new FileInfo(full).LinkTarget is null ? VerifyOptions.ReadFile(full, "layout") : null;
    }

    private static SignalboxException Refused(string id, string message, string directory, string help) => new(ExitCode.No, Finding.Error(id, message, new(directory), help));
}
