using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification;

/// <summary>Whether a proven identity is one of those that were expected.</summary>
internal static class SignerMatch
{
    /// <exception cref="Refusal">It is none of them; a right name with a wrong issuer says so.</exception>
    public static void Verify(SigningIdentity identity, IReadOnlyList<ExpectedSigner> expected)
    {
        var named = expected.Where(signer => Glob.Matches(signer.Name!, identity.Name)).ToList();
        if (named.Count == 0)
            throw new Refusal(VerificationError.MismatchIdentity, $"signed by '{JsonFields.Shown(identity.Name)}'; expected {string.Join(" or ", expected.Select(signer => $"'{JsonFields.Shown(signer.Name!)}'"))}");
        if (!named.Exists(signer => signer.Issuer == identity.Issuer))
            throw new Refusal(VerificationError.InvalidOIDCIssuer, $"the signer was vouched for by '{JsonFields.Shown(identity.Issuer)}'; expected {string.Join(" or ", named.Select(signer => $"'{JsonFields.Shown(signer.Issuer!)}'"))}");
    }
}
