using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification;

/// <summary>Whether a proven identity is one of those that were expected.</summary>
internal static class SignerMatch
{
    /// <exception cref="Refusal">It is none of them; a right name with a wrong issuer says so.</exception>
    public static void Verify(SigningIdentity identity, IReadOnlyList<ExpectedSigner> expected)
    {
        var named = expected.Where(signer => Matches(identity.Name, signer.Name!)).ToList();
        if (named.Count == 0)
            throw new Refusal(VerificationError.MismatchIdentity, $"signed by '{JsonFields.Shown(identity.Name)}'; expected {string.Join(" or ", expected.Select(signer => $"'{JsonFields.Shown(signer.Name!)}'"))}");
        if (!named.Exists(signer => signer.Issuer == identity.Issuer))
            throw new Refusal(VerificationError.InvalidOIDCIssuer, $"the signer was vouched for by '{JsonFields.Shown(identity.Issuer)}'; expected {string.Join(" or ", named.Select(signer => $"'{JsonFields.Shown(signer.Issuer!)}'"))}");
    }

    /// <summary>Ordinal; <c>*</c> is any run of characters, also an empty one.</summary>
    internal static bool Matches(string name, string pattern)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1) return name == pattern;
        if (name.Length < parts[0].Length + parts[^1].Length || !name.StartsWith(parts[0], StringComparison.Ordinal) || !name.EndsWith(parts[^1], StringComparison.Ordinal)) return false;
        var rest = name.AsSpan(parts[0].Length, name.Length - parts[0].Length - parts[^1].Length);
        foreach (var part in parts.AsSpan(1, parts.Length - 2))
        {
            var at = rest.IndexOf(part, StringComparison.Ordinal);
            if (at < 0) return false;
            rest = rest[(at + part.Length)..];
        }
        return true;
    }
}
