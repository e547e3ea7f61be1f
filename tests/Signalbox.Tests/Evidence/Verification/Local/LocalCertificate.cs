using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Signalbox.Tests.Evidence.Verification.Local;

internal sealed record LocalExtension(string Oid, bool Critical, byte[] Value);

/// <summary>Writes X.509 certificates byte by byte, so that tests can also make wrong ones.</summary>
internal sealed record LocalCertificate(string Subject, LocalKey Key, byte[] Der)
{
    private const string TimestampList = "1.3.6.1.4.1.11129.2.4.2";

    public static LocalCertificate Root(string name, LocalKey key, DateTimeOffset from, DateTimeOffset to) =>
        Write(name, key, name, key, from, to, [BasicConstraints(null), KeyUsage(0x06)], null);

    public static LocalCertificate Authority(string name, LocalKey key, LocalCertificate issuer, DateTimeOffset from, DateTimeOffset to, params LocalExtension[] extensions) =>
        Write(name, key, issuer.Subject, issuer.Key, from, to, [BasicConstraints(0), KeyUsage(0x06), .. extensions], null);

    public static LocalCertificate Leaf(string name, LocalKey key, LocalCertificate issuer, DateTimeOffset from, DateTimeOffset to, LocalExtension[] extensions, LocalCertificateLog? log = null) =>
        Write(name, key, issuer.Subject, issuer.Key, from, to, [KeyUsage(0x80), .. extensions], log is null ? null : body => log.Promise(body, issuer.Key, from));

    /// <summary>With these extensions and no other.</summary>
    /// <param name="issuer">Null where it is its own.</param>
    public static LocalCertificate Of(string name, LocalKey key, LocalCertificate? issuer, DateTimeOffset from, DateTimeOffset to, params LocalExtension[] extensions) =>
        Write(name, key, issuer?.Subject ?? name, issuer?.Key ?? key, from, to, extensions, null);

    public string Pem => PemEncoding.WriteString("CERTIFICATE", Der);

    public static LocalExtension Usage(string oid, bool critical = false) => new("2.5.29.37", critical, Der1(w => { using (w.PushSequence()) w.WriteObjectIdentifier(oid); }));

    /// <summary>One name: a URI, or an e-mail address where it looks like one.</summary>
    public static LocalExtension AlternativeName(string name) => new("2.5.29.17", true, Der1(w =>
    {
        using (w.PushSequence())
            w.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, name.Contains("://", StringComparison.Ordinal) ? 6 : 1));
    }));

    /// <summary>A claim of Fulcio's: 1 to 6 hold text as it is, later ones a UTF8String.</summary>
    public static LocalExtension Claim(int number, string value) => new($"1.3.6.1.4.1.57264.1.{number}", false,
        number < 7 ? System.Text.Encoding.UTF8.GetBytes(value) : Der1(w => w.WriteCharacterString(UniversalTagNumber.UTF8String, value)));

    public static LocalExtension BasicConstraints(int? pathLength) => new("2.5.29.19", true, Der1(w =>
    {
        using (w.PushSequence())
        {
            w.WriteBoolean(true);
            if (pathLength is { } length) w.WriteInteger(length);
        }
    }));

    /// <summary>0x80 signs, 0x06 issues.</summary>
    public static LocalExtension KeyUsage(byte bits) => new("2.5.29.15", true, Der1(w => w.WriteBitString([bits], bits == 0x80 ? 7 : 1)));

    private static LocalCertificate Write(string subject, LocalKey key, string issuer, LocalKey issuerKey, DateTimeOffset from, DateTimeOffset to, LocalExtension[] extensions, Func<byte[], byte[]>? promise)
    {
        var serial = RandomNumberGenerator.GetBytes(15);
        serial[0] |= 0x40;
        serial[0] &= 0x7f;
        byte[] Body(LocalExtension[] all) => Der1(w => WriteBody(w, serial, issuerKey.Algorithm, Name(issuer), from, to, Name(subject), key.Spki, all));
        var body = promise is null ? Body(extensions) : Body([.. extensions, new(TimestampList, false, promise(Body(extensions)))]);
        var der = Der1(w =>
        {
            using (w.PushSequence())
            {
                w.WriteEncodedValue(body);
                w.WriteEncodedValue(issuerKey.Algorithm);
                w.WriteBitString(issuerKey.Sign(body));
            }
        });
        return new(subject, key, der);
    }

    private static void WriteBody(AsnWriter w, byte[] serial, byte[] algorithm, byte[] issuer, DateTimeOffset from, DateTimeOffset to, byte[] subject, byte[] spki, LocalExtension[] extensions)
    {
        using var body = w.PushSequence();
        using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0))) w.WriteInteger(2);
        w.WriteInteger(serial);
        w.WriteEncodedValue(algorithm);
        w.WriteEncodedValue(issuer);
        using (w.PushSequence())
        {
            w.WriteUtcTime(from);
            w.WriteUtcTime(to);
        }
        w.WriteEncodedValue(subject);
        w.WriteEncodedValue(spki);
        using var wrapper = w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3));
        using var list = w.PushSequence();
        foreach (var extension in extensions)
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(extension.Oid);
                if (extension.Critical) w.WriteBoolean(true);
                w.WriteOctetString(extension.Value);
            }
    }

    public static byte[] Name(string commonName) => Der1(w =>
    {
        using var name = w.PushSequence();
        if (commonName.Length == 0) return;
        using var set = w.PushSetOf();
        using var attribute = w.PushSequence();
        w.WriteObjectIdentifier("2.5.4.3");
        w.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
    });

    public static byte[] Der1(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
