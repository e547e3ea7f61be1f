using Signalbox.Delivery;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Revocation;

namespace Signalbox.Evidence;

/// <summary>
/// Notary Project signatures as evidence, by the control plane's own trust policy. Whoever hands one in names the repository
/// it is from, so only the statement for all (<c>*</c>) is asked: none can be chosen by a name. The signer is the
/// certificate's subject, vouched for by the root's fingerprint; whether that counts is the gate policy's word.
/// </summary>
/// <param name="trust">Null where there is no trust policy.</param>
/// <param name="revocation">Asks whether certificates were revoked; null where nobody may be asked.</param>
public sealed class NotationEvidenceReader(Func<NotationTrust?> trust, RevocationClient? revocation = null) : IEvidenceReader
{
    private const int MostBytes = 4 << 20;

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        if (SignedFiles.KindOf(content) != SignedFileKind.Notation) return (null, null);
        if (SignedFiles.Refused(content, asked, MostBytes) is { } refusal) return (null, refusal);
        var file = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(file);
        try
        {
            return trust() is { } trusted ? (Read(file, asked, trusted), null)
                : (null, new("evidence-no-trust", $"{asked.Name} is a Notation signature, and there is no trust policy to hold it against; expected notation/trustpolicy.json in the state directory", "ls -lR STATE/notation"));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return (null, new("evidence-no-trust", $"the trust policy for Notation signatures cannot be read: {e.Message.TrimEnd('.')}", "ls -lR STATE/notation"));
        }
    }

    private EvidenceReading Read(byte[] file, EvidenceAsked asked, NotationTrust trust)
    {
        var (about, result) = asked.FirstThatHolds(digest => Verify(file, digest, asked, trust));
        var facts = new SignatureFact("notation");
        // a policy that only logs, or skips, proves nobody
        return result is { Accepted: true, Facts.Signer: not null }
            ? new(EvidenceKind.Signature, "application/octet-stream", Named(facts, result, about), SignedEvidenceReader.Verification(result), $"by {result.Facts.Signer}")
            : new(EvidenceKind.Signature, "application/octet-stream", facts, SignedEvidenceReader.Verification(result with { Accepted = false }), $"does not hold: {result.Reason ?? "the trust policy did not ask who signed"}");
    }

    /// <summary>Readers run where evidence is taken in, beside other requests: waiting there for an authority's answer holds up this one alone.</summary>
    private VerificationResult Verify(byte[] file, Digest digest, EvidenceAsked asked, NotationTrust trust)
    {
        VerificationResult With(RevocationAnswers? answers) => NotationVerifier.Verify(file, new(null, new("sha256", digest.Hex)), trust, asked.Now, null, answers);
        return revocation is null ? With(null) : revocation.VerifyAsync(With, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static EvidenceFacts Named(SignatureFact facts, VerificationResult result, Digest about) => facts with
    {
        Names = [about],
        MadeAt = result.Facts.Times is [var first, ..] ? first.At : null,
        Signer = new(null, result.Facts.Signer, result.Facts.Issuer),
    };
}
