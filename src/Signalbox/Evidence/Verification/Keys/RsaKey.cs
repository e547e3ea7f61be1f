using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>RSA (RFC 8017) with 2048 to 8192 bits: below is weak, above is slow enough to be an attack.</summary>
internal sealed class RsaKey : VerificationKey
{
    private readonly RSA _key;
    private readonly Lock _gate = new();

    private RsaKey(ReadOnlyMemory<byte> spki, RSA key) : base(spki) => _key = key;

    public override string Name => $"RSA {_key.KeySize}";

    public override IReadOnlyList<SignatureScheme> Schemes => [SignatureScheme.RsaPkcs1Sha256, SignatureScheme.RsaPssSha256];

    public static RsaKey Import(ReadOnlyMemory<byte> spki)
    {
        var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(spki.Span, out var read);
        if (read == spki.Length && key.KeySize is >= 2048 and <= 8192) return new(spki, key);
        key.Dispose();
        throw new MalformedException("an RSA key has fewer than 2048 or more than 8192 bits");
    }

    /// <summary>Reads a bare RSAPublicKey (RFC 8017 A.1.1), as older trusted roots have it.</summary>
    public static VerificationKey FromPkcs1(ReadOnlyMemory<byte> der)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportRSAPublicKey(der.Span, out _);
            return FromSpki(key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException e)
        {
            throw new MalformedException("an RSA public key is malformed", e);
        }
    }

    public override bool Verify(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature)
    {
        if (Padding(scheme) is not { } padding || data.Hash(scheme.Hash()!.Value) is not { } hash) return false;
        lock (_gate) return _key.VerifyHash(hash, signature, scheme.Hash()!.Value, padding);
    }

    private static RSASignaturePadding? Padding(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.RsaPkcs1Sha256 or SignatureScheme.RsaPkcs1Sha384 or SignatureScheme.RsaPkcs1Sha512 => RSASignaturePadding.Pkcs1,
        SignatureScheme.RsaPssSha256 or SignatureScheme.RsaPssSha384 or SignatureScheme.RsaPssSha512 => RSASignaturePadding.Pss,
        _ => null,
    };
}
