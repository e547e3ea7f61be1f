using System.Security.Cryptography;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>A signature algorithm with its hash: the allow-list. ECDSA signatures are DER (r, s) unless said otherwise.</summary>
internal enum SignatureScheme
{
    EcdsaSha256, EcdsaSha384, EcdsaSha512,
    RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512,
    RsaPssSha256, RsaPssSha384, RsaPssSha512,
    Ed25519, Ed25519Ph,
}

internal static class SignatureSchemes
{
    /// <summary>The hash that is signed; Ed25519 signs the bytes themselves and has none.</summary>
    public static HashAlgorithmName? Hash(this SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSha256 or SignatureScheme.RsaPkcs1Sha256 or SignatureScheme.RsaPssSha256 => HashAlgorithmName.SHA256,
        SignatureScheme.EcdsaSha384 or SignatureScheme.RsaPkcs1Sha384 or SignatureScheme.RsaPssSha384 => HashAlgorithmName.SHA384,
        SignatureScheme.Ed25519 => null,
        _ => HashAlgorithmName.SHA512,
    };
}
