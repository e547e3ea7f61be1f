using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Images;

/// <summary>One layer of a cosign signature manifest: what was signed, and its annotations (github.com/sigstore/cosign specs/SIGNATURE_SPEC.md).</summary>
/// <param name="Payload">The layer's bytes: a simple-signing document.</param>
public sealed record ImageSignature(byte[] Payload, IReadOnlyDictionary<string, string> Annotations)
{
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>Verifies the signature, and that it is over the image whose manifest digest the policy names.</summary>
    /// <remarks>Pure, like <see cref="BundleVerifier"/>: whatever the bytes are, the answer is a result.</remarks>
    public VerificationResult Verify(TrustedRoot root, VerificationPolicy policy, DateTimeOffset now) =>
        BundleVerifier.Guard(proof =>
        {
            var bundle = ReadBundle();
            proof.Proven("a cosign image signature");
            var check = new EvidenceCheck(root, policy, now, proof);
            var signer = check.VerifySigned(bundle, SignedData.Of(Payload));
            proof.Enter("artifact");
            check.CheckSource(signer, "an image's signature is no provenance, which was asked for");
            CheckPayload(policy, proof);
        });

    /// <summary>The same material as a bundle 0.1 has: certificate, promise and entry, in cosign's own spelling.</summary>
    private SigstoreBundle ReadBundle()
    {
        var signature = CosignAnnotations.Text(Annotations, CosignAnnotations.Signature) ?? throw new MalformedException("the layer has no signature annotation");
        var certificates = CosignAnnotations.Certificates(Annotations);
        var entries = CosignAnnotations.LogEntry(Annotations) is { } entry ? new[] { entry } : [];
        return new(BundleVersion.V01, new(null, certificates, entries, []), new SignedMessage(null, null, CanonicalBase64.Decode(signature, "the signature annotation")));
    }

    /// <summary>The signed document must be of an image's signature, and of this image.</summary>
    private void CheckPayload(VerificationPolicy policy, ProofLog proof)
    {
        proof.Enter("artifact");
        var critical = JsonFields.Parse(Payload, "the signed document").RequiredObject("critical");
        if (critical.Text("type") != "cosign container image signature") throw new Refusal(VerificationError.InvalidDssePayload, "the signed document is not of an image's signature");
        var digest = critical.RequiredObject("image").RequiredText("docker-manifest-digest");
        proof.Facts = proof.Facts with { Subjects = [new(critical.Object("identity")?.Text("docker-reference") ?? "", new Dictionary<string, string> { ["sha256"] = digest.Split(':')[^1] })] };
        if (policy.Artifact.Count == 0) proof.NotAsked("artifact", $"no image was named; the signature is over {JsonFields.Shown(digest)}");
        else if (policy.Artifact.Any(expected => expected.ToString() == digest)) proof.Proven($"the signature is over the image {JsonFields.Shown(digest)}");
        else throw new Refusal(VerificationError.MismatchHash, $"the signature is over the image {JsonFields.Shown(digest)}; expected {policy.Artifact[0]}");
    }

    /// <summary>SHA-256 of the payload, for callers that file signatures away.</summary>
    public string PayloadDigest => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Payload));
}
