using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Signalbox.Evidence.Signing;

/// <summary>Asks a timestamp authority to stamp a signature (RFC 3161 over HTTP, section 3.4).</summary>
internal static class TimestampRequest
{
    public static Task<byte[]> SendAsync(SigningServices services, Uri authority, byte[] signature, CancellationToken cancel) =>
        services.PostAsync(authority, Encode(signature, RandomNumberGenerator.GetBytes(8)), "application/timestamp-query", "application/timestamp-reply", cancel);

    private static byte[] Encode(byte[] signature, byte[] nonce)
    {
        nonce[0] = (byte)((nonce[0] & 0x7f) | 0x01);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence()) writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");
                writer.WriteOctetString(SHA256.HashData(signature));
            }
            writer.WriteInteger(nonce);
            writer.WriteBoolean(true);
        }
        return writer.Encode();
    }
}
