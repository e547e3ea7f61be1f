using System.Buffers.Binary;
using System.Formats.Asn1;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A certificate transparency log that promises whatever it is given (RFC 6962).</summary>
internal sealed class LocalCertificateLog(LocalKey key)
{
    public LocalKey Key => key;

    /// <returns>The value of the extension that carries the promise.</returns>
    public byte[] Promise(byte[] body, LocalKey issuer, DateTimeOffset at)
    {
        var time = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        byte[] signed = [0, 0, .. time, 0, 1, .. issuer.Id, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body, 0, 0];
        byte[] promise = [0, .. key.Id, .. time, 0, 0, 4, 3, .. Vector(key.Sign(signed))];
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(Vector(Vector(promise)));
        return writer.Encode();
    }

    private static byte[] Vector(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
}
