using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Signs what an authority says about revocation.</summary>
/// <param name="Name">The authority's name, DER.</param>
/// <param name="Algorithm">AlgorithmIdentifier of its signatures, DER.</param>
internal sealed record RevocationSigner(byte[] Name, byte[] KeyBits, byte[] Algorithm, Func<byte[], byte[]> Sign)
{
    public static RevocationSigner Of(X509Certificate2 authority, ECDsa key) => new(
        authority.SubjectName.RawData, authority.PublicKey.EncodedKeyValue.RawData, LocalRevocation.Der(w => { using (w.PushSequence()) w.WriteObjectIdentifier("1.2.840.10045.4.3.2"); }),
        data => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}

/// <summary>Writes revocation lists and answers of responders, also wrong ones.</summary>
internal static class LocalRevocation
{
    private const string Sha1 = "1.3.14.3.2.26", Sha256 = "2.16.840.1.101.3.4.2.1";

    private static DateTimeOffset Now => LocalNotation.Now;

    public static X509Extension Service(params string[] addresses) => new X509AuthorityInformationAccessExtension(addresses, ["http://ca.example/issuer.cer"]);

    public static X509Extension Lists(params string[] addresses) => CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(addresses);

    /// <param name="extensions">Writes an Extension each.</param>
    public static byte[] List(RevocationSigner by, IEnumerable<byte[]> serials, DateTimeOffset? made = null, DateTimeOffset? next = null, bool withNext = true, Action<AsnWriter>? extensions = null, Action<AsnWriter>? ofEntries = null)
    {
        var body = Der(w =>
        {
            using var list = w.PushSequence();
            w.WriteInteger(1);
            w.WriteEncodedValue(by.Algorithm);
            w.WriteEncodedValue(by.Name);
            w.WriteUtcTime(made ?? Now.AddHours(-1));
            if (withNext) w.WriteUtcTime(next ?? Now.AddHours(1));
            using (w.PushSequence())
                foreach (var serial in serials)
                    using (w.PushSequence())
                    {
                        w.WriteInteger(serial);
                        w.WriteUtcTime(Now.AddDays(-2));
                        if (ofEntries is not null)
                            using (w.PushSequence()) ofEntries(w);
                    }
            if (extensions is null) return;
            using var wrapper = w.PushSequence(Tag(0));
            using (w.PushSequence()) extensions(w);
        });
        return Signed(by, body, null);
    }

    public static void Extension(AsnWriter w, string oid, bool critical, byte[] value)
    {
        using var extension = w.PushSequence();
        w.WriteObjectIdentifier(oid);
        if (critical) w.WriteBoolean(true);
        w.WriteOctetString(value);
    }

    /// <summary>IssuingDistributionPoint with flags: 1 users, 2 authorities, 4 indirect.</summary>
    public static byte[] Scope(string? address, params int[] flags) => Der(w =>
    {
        using var scope = w.PushSequence();
        if (address is not null)
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence(Tag(0)))
                w.WriteCharacterString(UniversalTagNumber.IA5String, address, new Asn1Tag(TagClass.ContextSpecific, 6));
        foreach (var flag in flags) w.WriteBoolean(true, new Asn1Tag(TagClass.ContextSpecific, flag));
    });

    /// <param name="issuer">Of the certificate that is asked about.</param>
    /// <param name="state">0 good, 1 revoked, 2 unknown.</param>
    /// <param name="by">Who signs; null for the issuer.</param>
    public static byte[] Answer(RevocationSigner issuer, byte[] serial, int state, DateTimeOffset? made = null, DateTimeOffset? next = null, bool withNext = true, RevocationSigner? by = null, byte[]? certificate = null, bool sha256 = false, int times = 1, bool critical = false)
    {
        var body = Der(w =>
        {
            using var data = w.PushSequence();
            using (w.PushSequence(Tag(1))) w.WriteEncodedValue((by ?? issuer).Name);
            w.WriteGeneralizedTime(made ?? Now.AddHours(-1), omitFractionalSeconds: true);
            using (w.PushSequence())
                for (var i = 0; i < times; i++) WriteSingle(w, issuer, serial, state, made ?? Now.AddHours(-1), withNext ? next ?? Now.AddHours(1) : null, sha256);
            if (!critical) return;
            using var wrapper = w.PushSequence(Tag(1));
            using (w.PushSequence()) Extension(w, "1.3.6.1.5.5.7.48.1.99", true, [5, 0]);
        });
        var basic = Signed(by ?? issuer, body, certificate);
        return Der(w =>
        {
            using var response = w.PushSequence();
            w.WriteEnumeratedValue(Status.Successful);
            using var wrapper = w.PushSequence(Tag(0));
            using var bytes = w.PushSequence();
            w.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
            w.WriteOctetString(basic);
        });
    }

    /// <summary>"Try later".</summary>
    public static byte[] Error => [0x30, 3, 0x0a, 1, 3];

    private enum Status { Successful }

    private static void WriteSingle(AsnWriter w, RevocationSigner issuer, byte[] serial, int state, DateTimeOffset made, DateTimeOffset? next, bool sha256)
    {
        var hash = sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        using var single = w.PushSequence();
        using (w.PushSequence())
        {
            using (w.PushSequence()) w.WriteObjectIdentifier(sha256 ? Sha256 : Sha1);
            w.WriteOctetString(CryptographicOperations.HashData(hash, issuer.Name));
            w.WriteOctetString(CryptographicOperations.HashData(hash, issuer.KeyBits));
            w.WriteInteger(serial);
        }
        if (state == 1)
            using (w.PushSequence(Tag(1))) w.WriteGeneralizedTime(Now.AddDays(-2), omitFractionalSeconds: true);
        else w.WriteNull(new Asn1Tag(TagClass.ContextSpecific, state));
        w.WriteGeneralizedTime(made, omitFractionalSeconds: true);
        if (next is not { } until) return;
        using (w.PushSequence(Tag(0))) w.WriteGeneralizedTime(until, omitFractionalSeconds: true);
    }

    private static byte[] Signed(RevocationSigner by, byte[] body, byte[]? certificate) => Der(w =>
    {
        using var signed = w.PushSequence();
        w.WriteEncodedValue(body);
        w.WriteEncodedValue(by.Algorithm);
        w.WriteBitString(by.Sign(body));
        if (certificate is null) return;
        using var wrapper = w.PushSequence(Tag(0));
        using (w.PushSequence()) w.WriteEncodedValue(certificate);
    });

    public static byte[] Der(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
