using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Security;
using Ed25519Math = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A private key of any kind that is verified, made for one test run.</summary>
internal abstract class LocalKey
{
    public abstract byte[] Spki { get; }

    /// <summary>AlgorithmIdentifier of its signatures, DER.</summary>
    public abstract byte[] Algorithm { get; }

    public string Pem => PemEncoding.WriteString("PUBLIC KEY", Spki);

    public byte[] Id => SHA256.HashData(Spki);

    public abstract byte[] Sign(byte[] data);

    public static LocalKey P256() => new Ec(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, "1.2.840.10045.4.3.2");

    public static LocalKey P384() => new Ec(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, "1.2.840.10045.4.3.3");

    public static LocalKey P521() => new Ec(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512, "1.2.840.10045.4.3.4");

    /// <summary>As older Sigstore clients signed with larger curves.</summary>
    public static LocalKey P384WithSha256() => new Ec(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA256, "1.2.840.10045.4.3.2");

    public static LocalKey RsaPkcs1() => new RsaPair(RSASignaturePadding.Pkcs1);

    public static LocalKey RsaPss() => new RsaPair(RSASignaturePadding.Pss);

    public static LocalKey Ed25519() => new Edwards();

    private static byte[] Identifier(string oid, bool withNull = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            if (withNull) writer.WriteNull();
        }
        return writer.Encode();
    }

    private sealed class Ec(ECCurve curve, HashAlgorithmName hash, string oid) : LocalKey
    {
        private readonly ECDsa _key = ECDsa.Create(curve);

        public override byte[] Spki => _key.ExportSubjectPublicKeyInfo();

        public override byte[] Algorithm => Identifier(oid);

        public override byte[] Sign(byte[] data) => _key.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence);
    }

    private sealed class RsaPair(RSASignaturePadding padding) : LocalKey
    {
        private readonly RSA _key = RSA.Create(2048);

        public override byte[] Spki => _key.ExportSubjectPublicKeyInfo();

        public override byte[] Algorithm => padding == RSASignaturePadding.Pkcs1 ? Identifier("1.2.840.113549.1.1.11", withNull: true) : throw new NotSupportedException();

        public override byte[] Sign(byte[] data) => _key.SignData(data, HashAlgorithmName.SHA256, padding);
    }

    private sealed class Edwards : LocalKey
    {
        private readonly byte[] _private = new byte[Ed25519Math.SecretKeySize];
        private readonly byte[] _public = new byte[Ed25519Math.PublicKeySize];

        public Edwards()
        {
            Ed25519Math.GeneratePrivateKey(new SecureRandom(), _private);
            Ed25519Math.GeneratePublicKey(_private, 0, _public, 0);
        }

        public override byte[] Spki => [.. Convert.FromHexString("302a300506032b6570032100"), .. _public];

        public override byte[] Algorithm => Identifier("1.3.101.112");

        public override byte[] Sign(byte[] data)
        {
            var signature = new byte[Ed25519Math.SignatureSize];
            Ed25519Math.Sign(_private, 0, data, 0, data.Length, signature, 0);
            return signature;
        }
    }
}
