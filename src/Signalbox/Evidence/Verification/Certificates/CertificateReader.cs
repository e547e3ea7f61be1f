using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>Reads certificates in DER and refuses every deviation from it.</summary>
internal static class CertificateReader
{
    // far above any real certificate, far below what would cost memory
    private const int LargestCertificate = 256 * 1024;

    /// <summary>Real certificates have about twenty.</summary>
    private const int MostExtensions = 100;

    private static readonly Asn1Tag s_version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 3);

    /// <exception cref="MalformedException">It is not a certificate of version 3 with a key and a signature that are understood.</exception>
    public static Certificate Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > LargestCertificate) throw new MalformedException($"a certificate has {der.Length} bytes; the most is {LargestCertificate}");
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var outer = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var toBeSigned = outer.PeekEncodedValue();
            var body = outer.ReadSequence();
            var algorithm = outer.ReadEncodedValue();
            var signature = outer.ReadBitString(out var unused);
            outer.ThrowIfNotEmpty();
            if (unused != 0) throw new MalformedException("a certificate's signature has spare bits");
            return ReadBody(body, new(der, toBeSigned, algorithm, signature));
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("a certificate is not well-formed DER", e);
        }
    }

    private sealed record Outer(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> ToBeSigned, ReadOnlyMemory<byte> Algorithm, byte[] Signature);

    private static Certificate ReadBody(AsnReader body, Outer outer)
    {
        ReadVersion(body);
        var serial = body.ReadIntegerBytes();
        if (!body.ReadEncodedValue().Span.SequenceEqual(outer.Algorithm.Span)) throw new MalformedException("a certificate names two different signature algorithms");
        var issuer = body.ReadEncodedValue();
        var (from, to) = ReadValidity(body.ReadSequence());
        var subject = body.ReadEncodedValue();
        var key = VerificationKey.FromSpki(body.ReadEncodedValue());
        var extensions = ReadExtensions(body.ReadSequence(s_extensions));
        body.ThrowIfNotEmpty();
        return new(outer.Raw, outer.ToBeSigned, serial, issuer, subject, from, to, key, extensions, SchemeOf(outer.Algorithm), outer.Signature);
    }

    private static void ReadVersion(AsnReader body)
    {
        var version = body.ReadSequence(s_version);
        if (!version.TryReadInt32(out var number) || number != 2) throw new MalformedException("a certificate is not of version 3");
        version.ThrowIfNotEmpty();
    }

    private static (DateTimeOffset From, DateTimeOffset To) ReadValidity(AsnReader validity)
    {
        var (from, to) = (ReadTime(validity), ReadTime(validity));
        validity.ThrowIfNotEmpty();
        return (from, to);
    }

    internal static DateTimeOffset ReadTime(AsnReader from) => from.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
        ? from.ReadUtcTime(2049)
        : from.ReadGeneralizedTime();

    /// <param name="wrapper">Holds the SEQUENCE of them and nothing else.</param>
    internal static List<CertificateExtension> ReadExtensions(AsnReader wrapper)
    {
        var list = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        var (extensions, seen) = (new List<CertificateExtension>(), new HashSet<string>(StringComparer.Ordinal));
        while (list.HasData)
        {
            var extension = ReadExtension(list.ReadSequence());
            if (extensions.Count == MostExtensions) throw new MalformedException($"a certificate has more than {MostExtensions} extensions");
            if (!seen.Add(extension.Oid)) throw new MalformedException($"a certificate has the extension {extension.Oid} twice");
            extensions.Add(extension);
        }
        return extensions;
    }

    private static CertificateExtension ReadExtension(AsnReader extension)
    {
        var oid = extension.ReadObjectIdentifier();
        var critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
        var value = extension.ReadOctetString();
        extension.ThrowIfNotEmpty();
        return new(oid, critical, value);
    }

    private static SignatureScheme SchemeOf(ReadOnlyMemory<byte> algorithm)
    {
        var sequence = new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence();
        return SignatureAlgorithms.Read(sequence)
            ?? throw new MalformedException("a certificate is signed with an algorithm that is not understood");
    }
}
