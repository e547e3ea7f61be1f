using System.Buffers.Binary;
using System.Formats.Asn1;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>Signed certificate timestamps embedded in a certificate (RFC 6962 section 3).</summary>
internal static class CertificateLogProof
{
    private const string TimestampList = "1.3.6.1.4.1.11129.2.4.2";

    private sealed record SignedCertificateTimestamp(byte[] LogId, ulong Milliseconds, byte[] Extensions, byte Hash, byte Algorithm, byte[] Signature);

    /// <summary>Checks that at least one trusted log promised to hold the certificate; a known log's bad promise refuses.</summary>
    /// <returns>The log, and when it promised.</returns>
    public static (TransparencyLog Log, DateTimeOffset At) Verify(Certificate certificate, Certificate issuer, IReadOnlyList<TransparencyLog> logs)
    {
        var extension = certificate.Extension(TimestampList) ?? throw Refusal.Bad("the certificate has no signed certificate timestamp");
        (TransparencyLog, DateTimeOffset)? proven = null;
        foreach (var timestamp in ReadList(new AsnReader(extension, AsnEncodingRules.DER).ReadOctetString()))
            if (logs.FirstOrDefault(log => log.Id.AsSpan().SequenceEqual(timestamp.LogId)) is { } log)
            {
                var at = VerifyOne(timestamp, log, certificate, issuer);
                proven ??= (log, at);
            }
        return proven ?? throw Refusal.Bad("no trusted certificate log has promised to hold the certificate");
    }

    private static DateTimeOffset VerifyOne(SignedCertificateTimestamp timestamp, TransparencyLog log, Certificate certificate, Certificate issuer)
    {
        if (timestamp.Milliseconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) throw Refusal.Bad("a signed certificate timestamp is out of range");
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)timestamp.Milliseconds);
        if (!log.Window.Includes(at)) throw Refusal.Bad($"the certificate log {log.Name} was not trusted at {at:u}, when it promised to hold the certificate");
        if (!log.Verify(SignedStruct(timestamp, certificate, issuer), timestamp.Signature))
            throw Refusal.Bad($"the promise of the certificate log {log.Name} is not over this certificate");
        return at;
    }

    /// <summary>The digitally-signed struct of a precertificate entry (RFC 6962 section 3.2).</summary>
    private static byte[] SignedStruct(SignedCertificateTimestamp timestamp, Certificate certificate, Certificate issuer)
    {
        var body = WithoutTimestamps(certificate.ToBeSigned);
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, timestamp.Milliseconds);
        return
        [
            0, 0, .. number, 0, 1, .. issuer.Key.Digest,
            (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body,
            (byte)(timestamp.Extensions.Length >> 8), (byte)timestamp.Extensions.Length, .. timestamp.Extensions,
        ];
    }

    /// <summary>The TBSCertificate as the log saw it: the same bytes without the extension that carries the promises.</summary>
    private static byte[] WithoutTimestamps(ReadOnlyMemory<byte> toBeSigned)
    {
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3);
        var body = new AsnReader(toBeSigned, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            while (body.HasData)
                if (body.PeekTag().HasSameClassAndValue(extensionsTag)) WriteExtensions(writer, body.ReadSequence(extensionsTag).ReadSequence(), extensionsTag);
                else writer.WriteEncodedValue(body.ReadEncodedValue().Span);
        return writer.Encode();
    }

    private static void WriteExtensions(AsnWriter writer, AsnReader extensions, Asn1Tag tag)
    {
        using var wrapper = writer.PushSequence(tag);
        using var list = writer.PushSequence();
        while (extensions.HasData)
        {
            var encoded = extensions.ReadEncodedValue();
            if (new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() != TimestampList) writer.WriteEncodedValue(encoded.Span);
        }
    }

    private static List<SignedCertificateTimestamp> ReadList(byte[] bytes)
    {
        var outer = new TlsReader(bytes);
        var list = outer.Vector();
        outer.End();
        var timestamps = new List<SignedCertificateTimestamp>();
        while (list.HasData) timestamps.Add(ReadOne(list.Vector()));
        return timestamps;
    }

    private static SignedCertificateTimestamp ReadOne(TlsReader timestamp)
    {
        if (timestamp.Byte() != 0) throw new MalformedException("a signed certificate timestamp is not of version 1");
        var read = new SignedCertificateTimestamp(
            timestamp.Bytes(32), BinaryPrimitives.ReadUInt64BigEndian(timestamp.Bytes(8)), timestamp.Vector().Rest(),
            timestamp.Byte(), timestamp.Byte(), timestamp.Vector().Rest());
        timestamp.End();
        // TLS 1.2 numbers: hash sha256 (4), signature ecdsa (3) or rsa (1)
        return read is { Hash: 4, Algorithm: 1 or 3 } ? read : throw new MalformedException("a signed certificate timestamp has an unknown algorithm");
    }
}
