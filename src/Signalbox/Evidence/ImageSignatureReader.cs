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
        if (SignedFiles.KindOf(content) != SignedFileKind.ImageSignature) return (null, null);
        if (SignedFiles.Refused(content, asked, MostBytes) is { } refusal) return (null, refusal);
        var file = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(file);
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
        var policy = new VerificationPolicy { Signers = key is null ? [] : [ExpectedSigner.Holder(key)], AnySigner = true };
        var (about, result) = asked.FirstThatHolds(digest => SignedFiles.VerifyImage(file, root, policy with { Artifact = [new("sha256", digest.Hex)] }, asked.Now));
        var facts = new SignatureFact("cosign");
        return result.Accepted
            ? new(EvidenceKind.Signature, Verification.Images.ImageSignature.MediaType, SignedEvidenceReader.Signed(facts, result, about), SignedEvidenceReader.Verification(result), $"by {SignedEvidenceReader.Signed(facts, result, about).Signer}")
            : new(EvidenceKind.Signature, Verification.Images.ImageSignature.MediaType, facts, SignedEvidenceReader.Verification(result), $"does not hold: {result.Reason}");
    }
}
