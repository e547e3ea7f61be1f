using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A timestamp authority (RFC 3161) with a root of its own.</summary>
internal sealed class LocalTimestampAuthority
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string TimestampContent = "1.2.840.113549.1.9.16.1.4";

    public LocalTimestampAuthority(DateTimeOffset from, DateTimeOffset to, bool critical = true, params LocalExtension[] more)
    {
        Root = LocalCertificate.Root("local timestamp root", LocalKey.P384(), from, to);
        Signer = LocalCertificate.Leaf("local timestamp", LocalKey.P256(), Root, from, to, [LocalCertificate.Usage("1.3.6.1.5.5.7.3.8", critical), .. more]);
    }

    public LocalCertificate Root { get; }

    public LocalCertificate Signer { get; }

    /// <summary>The policy that its times are under.</summary>
    public string Policy { get; set; } = "1.3.6.1.4.1.57264.2";

    /// <summary>Writes what stands inside of Accuracy (RFC 3161 section 2.4.2); null for times that say none.</summary>
    public Action<AsnWriter>? Accuracy { get; set; }

    /// <summary>Whether its signer's certificate is named as RFC 2634 has it, by SHA-1.</summary>
    public bool NamesBySha1 { get; set; }

    /// <summary>Whether its times have an extension, and whether that is critical.</summary>
    public bool? Extension { get; set; }

    /// <summary>Changes what is stamped: the TSTInfo before its digest is taken.</summary>
    public Action<DerTree>? Info { get; set; }

    /// <summary>Changes the SET of attributes before it is signed.</summary>
    public Action<DerTree>? Attributes { get; set; }

    /// <returns>A TimeStampResp, DER.</returns>
    public byte[] Stamp(byte[] data, DateTimeOffset at, bool withCertificate = false) => Der(w =>
    {
        using (w.PushSequence())
        {
            using (w.PushSequence()) w.WriteInteger(0);
            w.WriteEncodedValue(Token(data, at, withCertificate));
        }
    });

    public byte[] Token(byte[] data, DateTimeOffset at, bool withCertificate)
    {
        var content = DerTree.Change(Der(w => WriteInfo(w, data, at)), Info ?? (_ => { }));
        return Der(w =>
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier("1.2.840.113549.1.7.2");
                using (w.PushSequence(Context(0))) WriteSignedData(w, content, at, withCertificate);
            }
        });
    }

    private void WriteInfo(AsnWriter w, byte[] data, DateTimeOffset at)
    {
        using var info = w.PushSequence();
        w.WriteInteger(1);
        w.WriteObjectIdentifier(Policy);
        using (w.PushSequence())
        {
            using (w.PushSequence()) w.WriteObjectIdentifier(Sha256);
            w.WriteOctetString(SHA256.HashData(data));
        }
        w.WriteInteger(4711);
        w.WriteGeneralizedTime(at, omitFractionalSeconds: true);
        if (Accuracy is { } accuracy)
            using (w.PushSequence()) accuracy(w);
        if (Extension is not { } critical) return;
        w.WriteInteger(42);
        using var extensions = w.PushSequence(Context(1));
        using var extension = w.PushSequence();
        w.WriteObjectIdentifier("1.2.3.4");
        if (critical) w.WriteBoolean(true);
        w.WriteOctetString([1]);
    }

    private void WriteSignedData(AsnWriter w, byte[] content, DateTimeOffset at, bool withCertificate)
    {
        using var data = w.PushSequence();
        w.WriteInteger(3);
        using (w.PushSetOf())
        using (w.PushSequence())
            w.WriteObjectIdentifier(Sha256);
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(TimestampContent);
            using (w.PushSequence(Context(0))) w.WriteOctetString(content);
        }
        if (withCertificate)
            using (w.PushSetOf(Context(0))) w.WriteEncodedValue(Signer.Der);
        using (w.PushSetOf()) w.WriteEncodedValue(SignerInfo(content, at));
    }

    private byte[] SignerInfo(byte[] content, DateTimeOffset at)
    {
        var attributes = Der(w =>
        {
            using (w.PushSetOf())
            {
                Attribute(w, "1.2.840.113549.1.9.3", v => v.WriteObjectIdentifier(TimestampContent));
                Attribute(w, "1.2.840.113549.1.9.5", v => v.WriteUtcTime(at));
                Attribute(w, "1.2.840.113549.1.9.4", v => v.WriteOctetString(SHA256.HashData(content)));
                Attribute(w, NamesBySha1 ? "1.2.840.113549.1.9.16.2.12" : "1.2.840.113549.1.9.16.2.47", v =>
                {
                    using (v.PushSequence())
                    using (v.PushSequence())
                    using (v.PushSequence())
                        v.WriteOctetString(NamesBySha1 ? CryptographicOperations.HashData(HashAlgorithmName.SHA1, Signer.Der) : SHA256.HashData(Signer.Der));
                });
            }
        });
        attributes = DerTree.Change(attributes, Attributes ?? (_ => { }));
        var serial = new AsnReader(Signer.Der, AsnEncodingRules.DER).ReadSequence().ReadSequence() is var body && body.ReadEncodedValue().Length > 0 ? body.ReadIntegerBytes() : default;
        return Der(w =>
        {
            using (w.PushSequence())
            {
                w.WriteInteger(1);
                using (w.PushSequence())
                {
                    w.WriteEncodedValue(LocalCertificate.Name(Root.Subject));
                    w.WriteInteger(serial.Span);
                }
                using (w.PushSequence()) w.WriteObjectIdentifier(Sha256);
                w.WriteEncodedValue([0xa0, .. attributes[1..]]);
                w.WriteEncodedValue(Signer.Key.Algorithm);
                w.WriteOctetString(Signer.Key.Sign(attributes));
            }
        });
    }

    private static void Attribute(AsnWriter w, string oid, Action<AsnWriter> value)
    {
        using var attribute = w.PushSequence();
        w.WriteObjectIdentifier(oid);
        using (w.PushSetOf()) value(w);
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);

    private static byte[] Der(Action<AsnWriter> write) => LocalCertificate.Der1(write);
}
