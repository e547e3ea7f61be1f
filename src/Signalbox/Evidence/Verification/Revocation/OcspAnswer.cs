using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Revocation;

/// <summary>The Online Certificate Status Protocol (RFC 6960): a question about one certificate, and its signed answer.</summary>
internal static class OcspAnswer
{
    private const string Sha1 = "1.3.14.3.2.26", Basic = "1.3.6.1.5.5.7.48.1.1", OcspSigning = "1.3.6.1.5.5.7.3.9";
    private const int MostCertificates = 10;

    /// <summary>SHA-1 only names the certificate here; responders of several public authorities know no other (RFC 5019 section 2.1.1).</summary>
    public static byte[] Request(Certificate certificate, Certificate issuer)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sha1);
                writer.WriteNull();
            }
            writer.WriteOctetString(CryptographicOperations.HashData(HashAlgorithmName.SHA1, issuer.Subject.Span));
            writer.WriteOctetString(CryptographicOperations.HashData(HashAlgorithmName.SHA1, KeyBits(issuer)));
            writer.WriteInteger(certificate.Serial.Span);
        }
        return writer.Encode();
    }

    /// <returns>Good, Revoked, or Unknown where the responder itself says so.</returns>
    /// <exception cref="MalformedException">It is no answer about this certificate by its issuer, or not one of now.</exception>
    public static RevocationState Read(ReadOnlyMemory<byte> der, Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        try
        {
            var data = Signed(der, issuer, now);
            if (Next(data, 0)) data.ReadEncodedValue();
            // who answered is known by the key that verified
            data.ReadEncodedValue();
            data.ReadGeneralizedTime();
            var state = Find(data.ReadSequence(), certificate, issuer, now);
            if (Next(data, 1)) CheckExtensions(data.ReadSequence(Tag(1)));
            data.ThrowIfNotEmpty();
            return state;
        }
        catch (AsnContentException e)
        {
            throw new MalformedException("the answer is not well-formed DER", e);
        }
    }

    /// <summary>ResponseData, after its signature was found to be the issuer's or its delegate's.</summary>
    private static AsnReader Signed(ReadOnlyMemory<byte> der, Certificate issuer, DateTimeOffset now)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var response = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        if (response.ReadEnumeratedBytes().Span is not [0]) throw new MalformedException("the responder answered with an error");
        var bytes = response.ReadSequence(Tag(0)).ReadSequence();
        if (bytes.ReadObjectIdentifier() != Basic) throw new MalformedException("the answer is of another kind than id-pkix-ocsp-basic");
        var basic = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
        var toBeSigned = basic.PeekEncodedValue();
        var data = basic.ReadSequence();
        var scheme = SignatureAlgorithms.Read(basic.ReadSequence()) ?? throw new MalformedException("the answer is signed with an algorithm that is not understood");
        var signature = basic.ReadBitString(out _);
        var delegates = basic.HasData ? Delegates(basic.ReadSequence(Tag(0)).ReadSequence(), issuer, now) : [];
        basic.ThrowIfNotEmpty();
        return issuer.Key.Verify(scheme, toBeSigned, signature) || delegates.Exists(responder => responder.Key.Verify(scheme, toBeSigned, signature))
            ? data
            : throw new MalformedException("the answer is not signed by the certificate's issuer, or by one that it lets answer");
    }

    /// <summary>Those that the issuer itself lets answer for it (section 4.2.2.2).</summary>
    private static List<Certificate> Delegates(AsnReader list, Certificate issuer, DateTimeOffset now)
    {
        var found = new List<Certificate>();
        for (var i = 0; list.HasData; i++)
        {
            if (i == MostCertificates) throw new MalformedException($"the answer brings more than {MostCertificates} certificates");
            var certificate = CertificateReader.Read(list.ReadEncodedValue());
            if (certificate.Issuer.Span.SequenceEqual(issuer.Subject.Span) && certificate.IsValidAt(now) && certificate.Use.IsFor(OcspSigning) && certificate.Use.MaySign && certificate.IsSignedBy(issuer)) found.Add(certificate);
        }
        return found;
    }

    private static RevocationState Find(AsnReader responses, Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        RevocationState? found = null;
        while (responses.HasData)
        {
            var single = responses.ReadSequence();
            var isOurs = IsOf(single.ReadSequence(), certificate, issuer);
            var state = State(single);
            RevocationTimes.Check(single.ReadGeneralizedTime(), Next(single, 0) ? single.ReadSequence(Tag(0)).ReadGeneralizedTime() : null, now);
            if (Next(single, 1)) CheckExtensions(single.ReadSequence(Tag(1)));
            single.ThrowIfNotEmpty();
            if (isOurs) found = found is null ? state : throw new MalformedException("the answer speaks of the certificate twice");
        }
        return found ?? throw new MalformedException("the answer is about another certificate");
    }

    private static bool IsOf(AsnReader id, Certificate certificate, Certificate issuer)
    {
        var algorithm = id.ReadSequence().ReadObjectIdentifier();
        var hash = algorithm == Sha1 ? HashAlgorithmName.SHA1 : SignatureAlgorithms.HashFromOid(algorithm) ?? throw new MalformedException("the answer names its certificate by a hash that is not understood");
        var (name, key, serial) = (id.ReadOctetString(), id.ReadOctetString(), id.ReadIntegerBytes());
        id.ThrowIfNotEmpty();
        return serial.Span.SequenceEqual(certificate.Serial.Span)
            && name.AsSpan().SequenceEqual(CryptographicOperations.HashData(hash, issuer.Subject.Span))
            && key.AsSpan().SequenceEqual(CryptographicOperations.HashData(hash, KeyBits(issuer)));
    }

    private static RevocationState State(AsnReader single)
    {
        var tag = single.PeekTag();
        single.ReadEncodedValue();
        return tag switch
        {
            { TagClass: TagClass.ContextSpecific, TagValue: 0 } => RevocationState.Good,
            { TagClass: TagClass.ContextSpecific, TagValue: 1 } => RevocationState.Revoked,
            { TagClass: TagClass.ContextSpecific, TagValue: 2 } => RevocationState.Unknown,
            _ => throw new MalformedException("the answer is none of good, revoked and unknown"),
        };
    }

    private static void CheckExtensions(AsnReader wrapper)
    {
        if (CertificateReader.ReadExtensions(wrapper).Exists(extension => extension.Critical)) throw new MalformedException("the answer has a critical extension, which is not understood");
    }

    /// <summary>The key itself, without its algorithm: what a CertID hashes.</summary>
    private static byte[] KeyBits(Certificate issuer)
    {
        var info = new AsnReader(issuer.Key.Spki, AsnEncodingRules.DER).ReadSequence();
        info.ReadEncodedValue();
        return info.ReadBitString(out _);
    }

    private static bool Next(AsnReader reader, int number) => reader.HasData && reader.PeekTag().HasSameClassAndValue(Tag(number));

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
