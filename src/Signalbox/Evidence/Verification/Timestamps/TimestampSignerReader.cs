using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Timestamps;

/// <summary>Reads a SignerInfo (RFC 5652 section 5.3) with the attributes that RFC 3161 demands.</summary>
internal static class TimestampSignerReader
{
    private const string ContentType = "1.2.840.113549.1.9.3";
    private const string MessageDigest = "1.2.840.113549.1.9.4";
    private const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string TimestampContent = "1.2.840.113549.1.9.16.1.4";

    private static readonly Asn1Tag s_attributes = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag s_keyId = new(TagClass.ContextSpecific, 0);

    public static TimestampSigner Read(AsnReader signer, byte[] content)
    {
        var byKeyId = ReadVersion(signer);
        var (issuer, serial, keyId) = byKeyId ? ((ReadOnlyMemory<byte>?)null, default, (ReadOnlyMemory<byte>?)signer.ReadOctetString(s_keyId)) : ReadIssuer(signer.ReadSequence());
        var digest = SignatureAlgorithms.ReadHash(signer) ?? throw new MalformedException("a timestamp's digest algorithm is not understood");
        var signed = SignedBytes(signer.PeekEncodedValue());
        var attributes = ReadAttributes(signer.ReadSetOf(skipSortOrderValidation: true, s_attributes));
        var scheme = SignatureAlgorithms.Read(signer.ReadSequence(), digest) ?? throw new MalformedException("a timestamp's signature algorithm is not understood");
        var signature = signer.ReadOctetString();
        if (signer.HasData) signer.ReadEncodedValue();
        signer.ThrowIfNotEmpty();
        var (hash, value) = ReadCertificateHash(attributes);
        return new(issuer, serial, keyId, digest, signed, ReadDigest(attributes, content, digest), hash, value, scheme, signature);
    }

    /// <returns>Whether the signer is named by key identifier (version 3) and not by issuer (version 1).</returns>
    private static bool ReadVersion(AsnReader signer)
    {
        if (!signer.TryReadInt32(out var version) || version is not (1 or 3)) throw new MalformedException("a timestamp's signer is not of version 1 or 3");
        return version == 3;
    }

    private static (ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?) ReadIssuer(AsnReader name)
    {
        var (issuer, serial) = (name.ReadEncodedValue(), name.ReadIntegerBytes());
        name.ThrowIfNotEmpty();
        return (issuer, serial, null);
    }

    // the signature is over the attributes with the tag of a SET, not the implicit one (RFC 5652 section 5.4)
    private static byte[] SignedBytes(ReadOnlyMemory<byte> encoded)
    {
        var bytes = encoded.ToArray();
        bytes[0] = 0x31;
        return bytes;
    }

    private static Dictionary<string, AsnReader> ReadAttributes(AsnReader set)
    {
        var attributes = new Dictionary<string, AsnReader>(StringComparer.Ordinal);
        while (set.HasData)
        {
            var attribute = set.ReadSequence();
            var oid = attribute.ReadObjectIdentifier();
            if (!attributes.TryAdd(oid, attribute.ReadSetOf())) throw new MalformedException($"a timestamp has the attribute {oid} twice");
            attribute.ThrowIfNotEmpty();
        }
        return attributes;
    }

    private static byte[] ReadDigest(Dictionary<string, AsnReader> attributes, byte[] content, HashAlgorithmName algorithm)
    {
        if (Required(attributes, ContentType).ReadObjectIdentifier() != TimestampContent) throw new MalformedException("a timestamp's signed content type is not TSTInfo");
        var digest = Required(attributes, MessageDigest).ReadOctetString();
        return digest.AsSpan().SequenceEqual(CryptographicOperations.HashData(algorithm, content))
            ? digest
            : throw new MalformedException("a timestamp's signed digest is not of its content");
    }

    /// <summary>The first ESSCertID names the signer's certificate; version 1 has SHA-1, version 2 a hash that defaults to SHA-256.</summary>
    private static (HashAlgorithmName Algorithm, byte[] Value) ReadCertificateHash(Dictionary<string, AsnReader> attributes)
    {
        if (attributes.TryGetValue(SigningCertificateV2, out var second))
        {
            var id = second.ReadSequence().ReadSequence().ReadSequence();
            var named = id.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? SignatureAlgorithms.ReadHash(id) : HashAlgorithmName.SHA256;
            return (named ?? throw new MalformedException("a timestamp names its certificate by a hash that is not understood"), id.ReadOctetString());
        }
        return (HashAlgorithmName.SHA1, Required(attributes, SigningCertificate).ReadSequence().ReadSequence().ReadSequence().ReadOctetString());
    }

    private static AsnReader Required(Dictionary<string, AsnReader> attributes, string oid) =>
        attributes.GetValueOrDefault(oid) ?? throw new MalformedException($"a timestamp lacks the signed attribute {oid}");
}
