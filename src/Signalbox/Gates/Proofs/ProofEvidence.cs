using Signalbox.Evidence;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Gates.Proofs;

/// <summary>What signed evidence proves by itself where nothing but a release's proof is at hand.</summary>
internal static class ProofEvidence
{
    private const string Fingerprint = "x509:sha256:";

    /// <summary>Who signed and for what is looked at here; the trust policy that was asked about time and revocation stayed behind.</summary>
    private static readonly Dictionary<NotationValidation, NotationAction> s_actions = new()
    {
        [NotationValidation.Integrity] = NotationAction.Enforce,
        [NotationValidation.Authenticity] = NotationAction.Enforce,
        [NotationValidation.Expiry] = NotationAction.Enforce,
        [NotationValidation.AuthenticTimestamp] = NotationAction.Log,
        [NotationValidation.Revocation] = NotationAction.Skip,
    };

    /// <summary>Provenance by a certificate says what was built: its own claims are asked for, and the certificate must back them.</summary>
    /// <returns>Null where it is not that.</returns>
    public static ProvenancePolicy? Asked(EvidenceFacts facts, byte[] content) =>
        facts is ProvenanceFact { Signer.Key: null } && SignedStatement.Read(content)?.Claims is { } claims ? new(claims.Repository ?? "") { BuilderId = claims.Builder } : null;

    /// <summary>Whether the build that was proven is the one that was decided on, and no lesser one.</summary>
    public static bool Backs(BuildFacts? build, EvidenceFacts facts) => facts is not ProvenanceFact { Signer.Key: null } claimed
        || (build is not null && build.Level >= claimed.Level && build.Builder == claimed.Builder && build.BuildType == claimed.BuildType && build.Source == claimed.Source && build.Ref == claimed.Ref && build.Commit == claimed.Commit);

    /// <summary>A Notation signature under the very root that the decision names, at the time it was handed in.</summary>
    public static VerificationResult VerifyNotation(byte[] content, VerificationPolicy asked, DateTimeOffset at)
    {
        var root = asked.Signers[0].Issuer is { } issuer && issuer.StartsWith(Fingerprint, StringComparison.Ordinal) ? issuer[Fingerprint.Length..] : "";
        var statement = new NotationStatement("proof", ["*"], "strict", s_actions, false, [("ca", "proof"), ("signingAuthority", "proof")], []);
        IReadOnlyList<byte[]> Store() => NotationEnvelope.Read(content).Certificates is [.., var last] && Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(last)) == root ? [last] : [];
        return NotationVerifier.Verify(content, new(null, asked.Artifact[0]), new(new([statement]), (_, _) => Store()), at, asked);
    }
}
