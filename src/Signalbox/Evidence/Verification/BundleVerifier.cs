using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification;

/// <summary>
/// Verifies signed evidence offline: Sigstore bundles 0.1 to 0.3 (signed messages and DSSE envelopes, with certificates
/// or plain keys) and the list of attestations that the npm registry serves.
/// </summary>
/// <remarks>
/// Pure: no network, no file, no clock of its own; the same input gives the same result. Whatever the bytes are, the
/// answer is a result: what cannot be read or understood is refused. Safe to call from several threads.
/// </remarks>
public static class BundleVerifier
{
    /// <param name="bundle">The file's bytes, JSON.</param>
    /// <param name="root">Whom certificates, logs and timestamps are traced back to.</param>
    /// <param name="policy">What must be proven.</param>
    /// <param name="now">Signatures from the future are refused, with five minutes for clocks that differ.</param>
    public static VerificationResult Verify(ReadOnlyMemory<byte> bundle, TrustedRoot root, VerificationPolicy policy, DateTimeOffset now) =>
        Guard(proof => new EvidenceCheck(root, policy, now, proof).Verify(bundle));

    /// <summary>The one place where a refusal is caught: whatever ends the work, the answer is a result that says no.</summary>
    internal static VerificationResult Guard(Action<ProofLog> verify)
    {
        var proof = new ProofLog();
        try
        {
            verify(proof);
            return proof.Accepted();
        }
        catch (Refusal refusal)
        {
            return proof.Refused(refusal.Error, refusal.Message);
        }
        catch (MalformedException malformed)
        {
            return proof.Refused(VerificationError.BadBundle, malformed.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // an encoding that a decoder below refused in its own way
            return proof.Refused(VerificationError.BadBundle, $"the bundle could not be read: {e.GetType().Name}");
        }
    }
}
