using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Revocation;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>The artifact that a signature must be of.</summary>
/// <param name="Scope"><c>registry/path</c>, which chooses the policy's statement; null where it is not known.</param>
/// <param name="Digest">Null where only the signature itself is looked at.</param>
/// <param name="MediaType">Of its manifest; null where it is not known. The same goes for <paramref name="Size"/>.</param>
public sealed record NotationArtifact(string? Scope, ArtifactDigest? Digest, string? MediaType = null, long? Size = null);

/// <summary>
/// Verifies Notary Project signatures offline, JWS and COSE, by a trust policy and its trust stores
/// (trust-store-trust-policy.md, "Steps"). What a policy only logs is told as not asked, and the signer counts as proven
/// only where integrity and authenticity hold.
/// </summary>
/// <remarks>Pure, like <see cref="BundleVerifier"/>: whatever the bytes are, the answer is a result.</remarks>
public static class NotationVerifier
{
    /// <param name="now">Expiry and, without a timestamp, the chain's validity are judged by it.</param>
    /// <param name="expected">What is demanded beside the trust policy: of its signers one must have signed.</param>
    /// <param name="revocation">Answers about revocation, and what is left open of it; null where nobody may be asked.</param>
    public static VerificationResult Verify(ReadOnlyMemory<byte> envelope, NotationArtifact artifact, NotationTrust trust, DateTimeOffset now, VerificationPolicy? expected = null, RevocationAnswers? revocation = null) => BundleVerifier.Guard(proof =>
    {
        proof.Enter("policy");
        var statement = trust.Policy.For(artifact.Scope)
            ?? throw new Refusal(VerificationError.NoExpectation, $"no statement of the trust policy is for {JsonFields.Shown(artifact.Scope ?? "an unnamed repository")}");
        if (statement.IsSkip) proof.NotAsked("policy", $"the statement '{JsonFields.Shown(statement.Name)}' skips verification, so nothing is proven");
        else
        {
            proof.Proven($"the statement '{JsonFields.Shown(statement.Name)}' demands level {statement.Level}");
            new NotationCheck(statement, new(trust.Store), revocation, now, proof).Verify(envelope, artifact);
        }
        if (expected is not null) CheckExpected(expected, proof);
    });

    /// <summary>A demand that such a signature cannot meet is not passed over.</summary>
    private static void CheckExpected(VerificationPolicy expected, ProofLog proof)
    {
        proof.Enter("signer");
        if (expected.Provenance is not null) throw new Refusal(VerificationError.InvalidDssePayload, "a Notation signature is no provenance, which was asked for");
        if (expected.RequireLog is true || expected.Witnesses is not null) throw new Refusal(VerificationError.NoLogProof, "a Notation signature has no proof from a transparency log");
        if (expected.Signers.Count == 0 || expected.Signers.Any(signer => IsSigner(signer, proof.Facts))) return;
        throw new Refusal(VerificationError.MismatchIdentity, $"{(proof.Facts.Signer is { } name ? $"signed by '{JsonFields.Shown(name)}', vouched for by {proof.Facts.Issuer}" : "nobody is proven to have signed it")}; expected {string.Join(" or ", expected.Signers.Select(signer => signer.Key is { } key ? $"the key {key.Digest[..12]}…" : $"'{JsonFields.Shown(signer.Name!)}'"))}");
    }

    private static bool IsSigner(ExpectedSigner expected, VerifiedFacts facts) => facts.Signer is not null
        && (expected.Key is { } key ? key.Digest == facts.KeyDigest : Glob.Matches(expected.Name!, facts.Signer) && expected.Issuer == facts.Issuer);
}
