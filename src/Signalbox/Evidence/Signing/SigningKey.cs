using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Ed25519Math = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Signalbox.Evidence.Signing;

/// <summary>
/// A private key that signs: ECDSA P-256, P-384 or P-521 with the hash of its strength, RSA PKCS#1 v1.5 with SHA-256, or
/// Ed25519. Signatures are as Sigstore bundles carry them (ECDSA in DER).
/// </summary>
public abstract class SigningKey : IDisposable
{
    private protected SigningKey(byte[] spki) => Spki = spki;

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> Spki { get; }

    public string PublicPem => PemEncoding.WriteString("PUBLIC KEY", Spki.Span) + "\n";

    /// <summary>The hint that bundles name the key by: base64 of SHA-256 over the public key (RFC 6962 section 3.2, as protobuf-specs recommends).</summary>
    public string Hint => Convert.ToBase64String(SHA256.HashData(Spki.Span));

    /// <summary>The hash that is signed; null where the scheme signs the bytes themselves.</summary>
    public abstract HashAlgorithmName? Hash { get; }

    /// <summary>As Fulcio names the algorithm.</summary>
    public abstract string AlgorithmName { get; }

    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    public abstract void Dispose();

    /// <summary>A new P-256 key: what every Sigstore client verifies.</summary>
    public static SigningKey Create() => new EcdsaSigningKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 (also encrypted), SEC 1 or PKCS#1 private key in PEM.</summary>
    /// <param name="password">For an encrypted key; null where it is not.</param>
    /// <exception cref="FormatException">There is no such key in it, or the password is wrong.</exception>
    public static SigningKey FromPem(string pem, string? password = null)
    {
        if (!PemEncoding.TryFind(pem, out var fields)) throw new FormatException("there is no PEM block in it; expected a private key");
        var label = pem[fields.Label];
        try
        {
            return Checked(label switch
            {
                "EC PRIVATE KEY" => Import(pem, null, ECDsa.Create()),
                "RSA PRIVATE KEY" => Import(pem, null, RSA.Create()),
                "PRIVATE KEY" => FromPkcs8(Convert.FromBase64String(pem[fields.Base64Data]), pem, null),
                "ENCRYPTED PRIVATE KEY" => FromEncrypted(Convert.FromBase64String(pem[fields.Base64Data]), pem, password),
                _ => throw new FormatException($"the PEM holds a {label}; expected a private key"),
            });
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException)
        {
            throw new FormatException(password is null ? "the private key is malformed" : "the private key is malformed or the password is wrong", e);
        }
    }

    /// <summary>A key that no verifier here would take signs nothing.</summary>
    private static SigningKey Checked(SigningKey key)
    {
        try
        {
            _ = VerificationKey.FromSpki(key.Spki);
            return key;
        }
        catch (MalformedException e)
        {
            key.Dispose();
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>PKCS#8 in PEM, not encrypted: the file must be its owner's alone.</summary>
    public abstract string ExportPem();

    private static SigningKey FromEncrypted(byte[] der, string pem, string? password)
    {
        if (password is null) throw new FormatException("the private key is encrypted; expected its password");
        return Import(pem, password, IsElliptic(der, password) ? ECDsa.Create() : RSA.Create());
    }

    // the algorithm stands inside the encryption, so both kinds are tried
    private static bool IsElliptic(byte[] der, string password)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportEncryptedPkcs8PrivateKey(password, der, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static SigningKey FromPkcs8(byte[] der, string pem, string? password)
    {
        var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        info.ReadIntegerBytes();
        return info.ReadSequence().ReadObjectIdentifier() switch
        {
            Ed25519SigningKey.Oid => Ed25519SigningKey.Import(info.ReadOctetString()),
            "1.2.840.113549.1.1.1" => Import(pem, password, RSA.Create()),
            _ => Import(pem, password, ECDsa.Create()),
        };
    }

    private static SigningKey Import(string pem, string? password, AsymmetricAlgorithm key)
    {
        if (password is null) key.ImportFromPem(pem);
        else key.ImportFromEncryptedPem(pem, password);
        return key is RSA rsa ? new RsaSigningKey(rsa) : new EcdsaSigningKey((ECDsa)key);
    }
}

internal sealed class EcdsaSigningKey(ECDsa key) : SigningKey(key.ExportSubjectPublicKeyInfo())
{
    public override HashAlgorithmName? Hash => key.KeySize switch { 256 => HashAlgorithmName.SHA256, 384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };

    public override string AlgorithmName => "ECDSA";

    public override byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, Hash!.Value, DSASignatureFormat.Rfc3279DerSequence);

    public override string ExportPem() => key.ExportPkcs8PrivateKeyPem() + "\n";

    public override void Dispose() => key.Dispose();
}

internal sealed class RsaSigningKey(RSA key) : SigningKey(key.ExportSubjectPublicKeyInfo())
{
    public override HashAlgorithmName? Hash => HashAlgorithmName.SHA256;

    public override string AlgorithmName => "RSA_PSS";

    public override byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public override string ExportPem() => key.ExportPkcs8PrivateKeyPem() + "\n";

    public override void Dispose() => key.Dispose();
}

internal sealed class Ed25519SigningKey : SigningKey
{
    public const string Oid = "1.3.101.112";
    private readonly byte[] _key;

    private Ed25519SigningKey(byte[] key, byte[] spki) : base(spki) => _key = key;

    public override HashAlgorithmName? Hash => null;

    public override string AlgorithmName => "ED25519";

    /// <param name="wrapped">CurvePrivateKey: an OCTET STRING in the PKCS#8 key's (RFC 8410).</param>
    public static Ed25519SigningKey Import(byte[] wrapped)
    {
        var key = new AsnReader(wrapped, AsnEncodingRules.DER).ReadOctetString();
        if (key.Length != Ed25519Math.SecretKeySize) throw new FormatException("an Ed25519 private key has 32 bytes");
        var point = new byte[Ed25519Math.PublicKeySize];
        Ed25519Math.GeneratePublicKey(key, 0, point, 0);
        // SubjectPublicKeyInfo of RFC 8410 is this prefix and the key
        return new(key, [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, .. point]);
    }

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        var signature = new byte[Ed25519Math.SignatureSize];
        Ed25519Math.Sign(_key, 0, data.ToArray(), 0, data.Length, signature, 0);
        return signature;
    }

    public override string ExportPem() => PemEncoding.WriteString("PRIVATE KEY", [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, .. _key]) + "\n";

    public override void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
