using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Timestamps;

/// <summary>Verifies that a trusted authority stamped given bytes, and when.</summary>
internal static class TimestampVerifier
{
    /// <param name="stamped">What must have been stamped: the signature's bytes.</param>
    /// <exception cref="Refusal">No trusted authority stamped them.</exception>
    public static VerifiedTime Verify(TimestampToken token, ReadOnlySpan<byte> stamped, IReadOnlyList<CertificateAuthority> authorities) => VerifyPath(token, stamped, authorities).Time;

    /// <returns>Also the path from the signer's certificate to the authority's last.</returns>
    /// <inheritdoc cref="Verify"/>
    public static (VerifiedTime Time, IReadOnlyList<Certificate> Path) VerifyPath(TimestampToken token, ReadOnlySpan<byte> stamped, IReadOnlyList<CertificateAuthority> authorities)
    {
        if (!CryptographicOperations.HashData(token.Info.ImprintHash, stamped).AsSpan().SequenceEqual(token.Info.Imprint))
            throw Refusal.Bad("a timestamp is not over this signature");
        var (path, authority) = FindSigner(token, authorities);
        CheckSigner(token.Signer, path[0]);
        return (new($"timestamp {authority.Name}", token.Info.At), path);
    }

    private static void CheckSigner(TimestampSigner named, Certificate signer)
    {
        if (!signer.IsForTimestampsAlone) throw Refusal.Bad("the timestamp's certificate is not for timestamps alone");
        if (!IsNamedBy(named, signer)) throw Refusal.Bad("a timestamp was signed with another certificate than it names");
        if (!signer.Key.Verify(named.Scheme, named.SignedAttributes, named.Signature)) throw Refusal.Bad("a timestamp's signature does not hold");
    }

    /// <summary>The certificate must be one of a trusted authority, or issued by it; what the token brings along is only a candidate.</summary>
    private static (IReadOnlyList<Certificate> Path, CertificateAuthority Authority) FindSigner(TimestampToken token, IReadOnlyList<CertificateAuthority> authorities)
    {
        Certificate[] provided = [.. token.Certificates.Select(CertificateReader.Read)];
        foreach (var authority in authorities)
            if (authority.Window.Includes(token.Info.At) && FindSigner(token, provided, authority) is { } path)
                return (path, authority);
        throw Refusal.Bad($"no timestamp authority that was trusted at {token.Info.At:u} made the timestamp");
    }

    private static IReadOnlyList<Certificate>? FindSigner(TimestampToken token, Certificate[] provided, CertificateAuthority authority)
    {
        var demand = new PathDemand(token.Info.At, CertificateUse.TimeStamping);
        var own = authority.Chain.FirstOrDefault(certificate => Names(token.Signer, certificate));
        if (own is not null) return TrustedAt(own, authority, demand);
        if (provided.FirstOrDefault(certificate => Names(token.Signer, certificate)) is not { } leaf) return null;
        // whatever else it brings is looked at only where the one that it names did sign it
        CheckSigner(token.Signer, leaf);
        return Issued(leaf, provided, authority.Chain, demand);
    }

    // a chain that starts with the signer's own certificate: the rest of it must have issued that
    private static IReadOnlyList<Certificate>? TrustedAt(Certificate signer, CertificateAuthority authority, PathDemand demand)
    {
        if (authority.Chain.Count > 1) return Issued(signer, [], [.. authority.Chain.Where(c => !ReferenceEquals(c, signer))], demand);
        return signer.IsValidAt(demand.At) && signer.Use.IsFor(demand.Usage) ? [signer] : null;
    }

    private static IReadOnlyList<Certificate>? Issued(Certificate leaf, IReadOnlyList<Certificate> provided, IReadOnlyList<Certificate> trusted, PathDemand demand)
    {
        try
        {
            return CertificatePath.Verify(leaf, provided, trusted, demand);
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static bool Names(TimestampSigner signer, Certificate certificate) => signer.Issuer is { } issuer
        ? issuer.Span.SequenceEqual(certificate.Issuer.Span) && signer.Serial.Span.SequenceEqual(certificate.Serial.Span)
        : certificate.Use.SubjectKeyId is { } own && own.Span.SequenceEqual(signer.KeyId!.Value.Span);

    // SHA-1 only finds the certificate here, as RFC 2634 has it; the path decides whether it is trusted
    private static bool IsNamedBy(TimestampSigner signer, Certificate certificate) =>
        CryptographicOperations.HashData(signer.CertificateHashAlgorithm, certificate.Raw.Span).AsSpan().SequenceEqual(signer.CertificateHash);
}
