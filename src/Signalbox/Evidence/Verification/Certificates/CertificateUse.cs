using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>What a certificate's extensions allow (RFC 5280 section 4.2.1).</summary>
/// <param name="PathLength">How many further CA certificates may follow; null where unlimited.</param>
/// <param name="KeyUsage">Bits in the order of the standard (digitalSignature 0, keyCertSign 5); null where absent.</param>
/// <param name="ExtendedKeyUsages">Null where absent.</param>
internal sealed record CertificateUse(
    bool IsAuthority, int? PathLength, IReadOnlyList<bool>? KeyUsage, IReadOnlyList<string>? ExtendedKeyUsages,
    ReadOnlyMemory<byte>? AuthorityKeyId, ReadOnlyMemory<byte>? SubjectKeyId)
{
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    private const string AnyUsage = "2.5.29.37.0";

    // understood here; a critical extension beyond these must be refused (RFC 5280 section 4.2)
    private static readonly HashSet<string> s_understood = ["2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.35", "2.5.29.37"];

    public bool MaySign => KeyUsage is null || KeyUsage[0];

    public bool MayIssue => IsAuthority && (KeyUsage is null || (KeyUsage.Count > 5 && KeyUsage[5]));

    public bool IsFor(string usage) => ExtendedKeyUsages?.Contains(usage) ?? false;

    /// <summary>Whether an authority may issue for the usage: one without the extension, or with it or "any" in it.</summary>
    public bool MayIssueFor(string usage) => ExtendedKeyUsages is null || ExtendedKeyUsages.Contains(usage) || ExtendedKeyUsages.Contains(AnyUsage);

    /// <exception cref="MalformedException">An extension is malformed, or critical and not understood.</exception>
    public static CertificateUse Read(Certificate certificate)
    {
        foreach (var extension in certificate.Extensions)
            if (extension.Critical && !s_understood.Contains(extension.Oid))
                throw new MalformedException($"a certificate has the critical extension {extension.Oid}, which is not understood");
        // name constraints narrow what an authority may issue, so passing over them would widen it
        if (certificate.Extension("2.5.29.30") is not null) throw new MalformedException("a certificate has name constraints, which are not understood");
        try
        {
            var (isAuthority, pathLength) = certificate.Extension("2.5.29.19") is { } basic ? ReadBasicConstraints(basic) : (false, null);
            return new(
                isAuthority, pathLength,
                certificate.Extension("2.5.29.15") is { } usage ? ReadKeyUsage(usage) : null,
                certificate.Extension("2.5.29.37") is { } extended ? ReadExtendedKeyUsage(extended) : null,
                certificate.Extension("2.5.29.35") is { } authority ? ReadAuthorityKeyId(authority) : null,
                certificate.Extension("2.5.29.14") is { } subject ? ReadSubjectKeyId(subject) : null);
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("a certificate's extensions are not well-formed DER", e);
        }
    }

    private static (bool IsAuthority, int? PathLength) ReadBasicConstraints(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var constraints = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var isAuthority = constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
        if (!constraints.HasData) return (isAuthority, null);
        if (!constraints.TryReadInt32(out var length) || length < 0) throw new MalformedException("a certificate's path length is not a number");
        constraints.ThrowIfNotEmpty();
        return (isAuthority, length);
    }

    private static bool[] ReadKeyUsage(ReadOnlyMemory<byte> value)
    {
        var bytes = new AsnReader(value, AsnEncodingRules.DER).ReadBitString(out var unused);
        return [.. Enumerable.Range(0, Math.Max(1, bytes.Length * 8 - unused)).Select(i => i < bytes.Length * 8 && (bytes[i / 8] & (0x80 >> (i % 8))) != 0)];
    }

    private static List<string> ReadExtendedKeyUsage(ReadOnlyMemory<byte> value)
    {
        var usages = new List<string>();
        for (var list = new AsnReader(value, AsnEncodingRules.DER).ReadSequence(); list.HasData;) usages.Add(list.ReadObjectIdentifier());
        return usages;
    }

    private static ReadOnlyMemory<byte>? ReadAuthorityKeyId(ReadOnlyMemory<byte> value)
    {
        var identifier = new AsnReader(value, AsnEncodingRules.DER).ReadSequence();
        var keyId = new Asn1Tag(TagClass.ContextSpecific, 0);
        // no array but none: one that is null would become an identifier without bytes, which is another than any
        if (!identifier.HasData || !identifier.PeekTag().HasSameClassAndValue(keyId)) return null;
        return identifier.ReadOctetString(keyId);
    }

    private static ReadOnlyMemory<byte>? ReadSubjectKeyId(ReadOnlyMemory<byte> value) => new AsnReader(value, AsnEncodingRules.DER).ReadOctetString();
}
