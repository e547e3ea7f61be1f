using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>An X.509 v3 certificate (RFC 5280), parsed strictly; nothing about it is verified yet.</summary>
/// <param name="Raw">The whole certificate, DER.</param>
/// <param name="ToBeSigned">The part that the signature is over.</param>
/// <param name="Serial">Big-endian, as encoded.</param>
/// <param name="Issuer">The issuer's name, DER; names are compared byte for byte.</param>
internal sealed record Certificate(
    ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> ToBeSigned, ReadOnlyMemory<byte> Serial,
    ReadOnlyMemory<byte> Issuer, ReadOnlyMemory<byte> Subject,
    DateTimeOffset NotBefore, DateTimeOffset NotAfter, VerificationKey Key,
    IReadOnlyList<CertificateExtension> Extensions, SignatureScheme Scheme, ReadOnlyMemory<byte> Signature)
{
    private CertificateUse? _use;

    /// <summary>What its extensions allow it to be used for.</summary>
    public CertificateUse Use => _use ??= CertificateUse.Read(this);

    /// <summary>RFC 3161 section 2.3: the one extended key usage, and critical.</summary>
    public bool IsForTimestampsAlone => Use.ExtendedKeyUsages is [CertificateUse.TimeStamping] && Extensions.Any(extension => extension.Oid == "2.5.29.37" && extension.Critical);

    public bool IsSelfIssued => Issuer.Span.SequenceEqual(Subject.Span);

    public bool IsValidAt(DateTimeOffset time) => NotBefore <= time && time <= NotAfter;

    public ReadOnlyMemory<byte>? Extension(string oid) => Extensions.FirstOrDefault(e => e.Oid == oid)?.Value;

    /// <summary>The common name, or the organisation, for people.</summary>
    public string SubjectName => DistinguishedName.ForPeople(Subject);

    public bool IsSignedBy(Certificate issuer) => issuer.Key.Verify(Scheme, ToBeSigned, Signature.Span);
}

/// <param name="Value">What the extension's OCTET STRING holds.</param>
internal sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);
