using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Timestamps;

/// <summary>Reads time-stamp tokens in DER. What a token need not have is refused where it could carry meaning.</summary>
internal static class TimestampReader
{
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string TimestampContent = "1.2.840.113549.1.9.16.1.4";

    // a token with a chain has some kilobytes
    private const int LargestToken = 256 * 1024;

    /// <summary>Reads a TimeStampResp (RFC 3161 section 2.4.2), which must have been granted.</summary>
    /// <exception cref="MalformedException">It is not a granted response with a token.</exception>
    public static TimestampToken ReadResponse(ReadOnlyMemory<byte> der) => Guarded(der, () =>
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var response = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var status = response.ReadSequence();
        // "granted with modifications" is no grant of what was asked for
        if (!status.TryReadInt32(out var number) || number != 0) throw new MalformedException("a timestamp was not granted");
        var token = ReadContentInfo(response.ReadSequence());
        response.ThrowIfNotEmpty();
        return token;
    });

    /// <summary>Reads the token alone, as Notation carries it.</summary>
    public static TimestampToken ReadToken(ReadOnlyMemory<byte> der) => Guarded(der, () =>
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var token = ReadContentInfo(reader.ReadSequence());
        reader.ThrowIfNotEmpty();
        return token;
    });

    private static TimestampToken Guarded(ReadOnlyMemory<byte> der, Func<TimestampToken> read)
    {
        if (der.Length > LargestToken) throw new MalformedException($"a timestamp has {der.Length} bytes; the most is {LargestToken}");
        try
        {
            return read();
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("a timestamp is not well-formed DER", e);
        }
    }

    private static TimestampToken ReadContentInfo(AsnReader info)
    {
        if (info.ReadObjectIdentifier() != SignedData) throw new MalformedException("a timestamp is not signed data");
        var wrapper = info.ReadSequence(Context(0));
        info.ThrowIfNotEmpty();
        var data = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        return ReadSignedData(data);
    }

    private static TimestampToken ReadSignedData(AsnReader data)
    {
        // version 3 for any content but plain data (RFC 5652 section 5.1)
        if (!data.TryReadInt32(out var version) || version != 3) throw new MalformedException("a timestamp's signed data is not of version 3");
        var digests = ReadDigests(data.ReadSetOf(skipSortOrderValidation: true));
        var content = ReadContent(data.ReadSequence());
        var certificates = Next(data, 0) ? ReadCertificates(data.ReadSetOf(skipSortOrderValidation: true, Context(0))) : [];
        if (Next(data, 1)) data.ReadEncodedValue();
        var signers = data.ReadSetOf(skipSortOrderValidation: true);
        data.ThrowIfNotEmpty();
        var signer = TimestampSignerReader.Read(signers.ReadSequence(), content);
        if (signers.HasData) throw new MalformedException("a timestamp has more than one signer");
        if (!digests.Contains(signer.Digest)) throw new MalformedException("a timestamp's signer has another digest algorithm than it lists");
        return new(content, ReadInfo(content), certificates, signer);
    }

    private static List<HashAlgorithmName?> ReadDigests(AsnReader set)
    {
        var digests = new List<HashAlgorithmName?>();
        while (set.HasData) digests.Add(SignatureAlgorithms.ReadHash(set));
        return digests;
    }

    private static byte[] ReadContent(AsnReader encapsulated)
    {
        if (encapsulated.ReadObjectIdentifier() != TimestampContent) throw new MalformedException("a timestamp's content is not a TSTInfo");
        var wrapper = encapsulated.ReadSequence(Context(0));
        encapsulated.ThrowIfNotEmpty();
        var content = wrapper.ReadOctetString();
        wrapper.ThrowIfNotEmpty();
        return content;
    }

    private static List<ReadOnlyMemory<byte>> ReadCertificates(AsnReader set)
    {
        var certificates = new List<ReadOnlyMemory<byte>>();
        while (set.HasData)
        {
            if (certificates.Count == CertificatePath.MostProvided) throw new MalformedException($"a timestamp brings more than {CertificatePath.MostProvided} certificates");
            certificates.Add(set.ReadEncodedValue());
        }
        return certificates;
    }

    /// <summary>TSTInfo (RFC 3161 section 2.4.2); accuracy, ordering, nonce and tsa bear no decision here, and no extension that is critical is known.</summary>
    private static TimestampInfo ReadInfo(byte[] content)
    {
        var reader = new AsnReader(content, AsnEncodingRules.DER);
        var info = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (!info.TryReadInt32(out var version) || version != 1) throw new MalformedException("a timestamp's TSTInfo is not of version 1");
        info.ReadObjectIdentifier();
        var imprint = info.ReadSequence();
        var hash = SignatureAlgorithms.ReadHash(imprint) ?? throw new MalformedException("a timestamp's imprint has a hash that is not understood");
        var value = imprint.ReadOctetString();
        imprint.ThrowIfNotEmpty();
        info.ReadIntegerBytes();
        var at = info.ReadGeneralizedTime();
        while (info.HasData)
            if (Next(info, 1)) CheckExtensions(info.ReadSequence(Context(1)));
            else info.ReadEncodedValue();
        return new(hash, value, at);
    }

    private static void CheckExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            if (extension.HasData && extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
                throw new MalformedException($"a timestamp has the critical extension {oid}, which is not understood");
        }
    }

    private static bool Next(AsnReader reader, int number) => reader.HasData && reader.PeekTag().HasSameClassAndValue(Context(number));

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
