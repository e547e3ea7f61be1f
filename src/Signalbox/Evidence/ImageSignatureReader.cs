using Signalbox.Delivery;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence;

/// <summary>Cosign's image signatures, as a registry's tag held them, as evidence: whose they are is proven, whether that counts is the policy's word.</summary>
/// <param name="roots">Whom certificates are traced back to; asked for each piece.</param>
public sealed class ImageSignatureReader(Func<TrustedRoot> roots) : IEvidenceReader
{
    public ImageSignatureReader(TrustedRoot root) : this(() => root)
    {
    }

    private const int MostBytes = 8 << 20;

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        if (content.Length > MostBytes || asked.Asked is not (null or EvidenceKind.Signature)) return (null, null);
        var file = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(file);
        if (SignedFiles.KindOf(file) != SignedFileKind.ImageSignature) return (null, null);
        try
        {
            return (Read(file, asked, asked.PublicKey is { } pem ? TrustedKey.FromPem(pem) : null, roots()), null);
        }
        catch (TrustedRootException e)
        {
            return (null, e.ToRefusal());
        }
        catch (FormatException e)
        {
            return (null, new("evidence-key", $"the public key cannot be read: {e.Message}", "signalbox evidence add IMAGE --key cosign.pub --release RELEASE"));
        }
    }

    private static EvidenceReading Read(byte[] file, EvidenceAsked asked, TrustedKey? key, TrustedRoot root)
    {
        var results = asked.Subjects.Select(digest => (About: digest, Result: Verify(file, digest, key, asked.Now, root))).ToList();
        var (about, result) = results.Find(each => each.Result.Accepted) is { Result: not null } held ? held : results[0];
        var facts = new SignatureFact("cosign");
        return result.Accepted
            ? new(EvidenceKind.Signature, Verification.Images.ImageSignature.MediaType, SignedEvidenceReader.Signed(facts, result, about), SignedEvidenceReader.Verification(result), $"by {SignedEvidenceReader.Signed(facts, result, about).Signer}")
            : new(EvidenceKind.Signature, Verification.Images.ImageSignature.MediaType, facts, SignedEvidenceReader.Verification(result), $"does not hold: {result.Reason}");
    }

    /// <summary>Whoever signed is taken at first, and then asked for by name: the name is proven, not chosen.</summary>
    private static VerificationResult Verify(byte[] file, Digest about, TrustedKey? key, DateTimeOffset now, TrustedRoot root)
    {
        var policy = new VerificationPolicy { Artifact = [new("sha256", about.Hex)], Signers = key is null ? [] : [ExpectedSigner.Holder(key)] };
        var first = SignedFiles.VerifyImage(file, root, policy, now);
        return first is { Error: VerificationError.NoExpectation, Facts: { Signer: { } signer, Issuer: { } issuer } }
            ? SignedFiles.VerifyImage(file, root, policy with { Signers = [ExpectedSigner.Identity(signer, issuer)] }, now)
            : first;
    }
}
