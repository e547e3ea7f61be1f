using Signalbox.Evidence.Verification.Bundles;

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
    public static VerificationResult Verify(ReadOnlyMemory<byte> envelope, NotationArtifact artifact, NotationTrust trust, DateTimeOffset now) => BundleVerifier.Guard(proof =>
    {
        proof.Enter("policy");
        var statement = trust.Policy.For(artifact.Scope)
            ?? throw new Refusal(VerificationError.NoExpectation, $"no statement of the trust policy is for {JsonFields.Shown(artifact.Scope ?? "an unnamed repository")}");
        if (statement.IsSkip) proof.NotAsked("policy", $"the statement '{JsonFields.Shown(statement.Name)}' skips verification, so nothing is proven");
        else
        {
            proof.Proven($"the statement '{JsonFields.Shown(statement.Name)}' demands level {statement.Level}");
            new NotationCheck(statement, new(trust.Store), now, proof).Verify(envelope, artifact);
        }
    });
}
