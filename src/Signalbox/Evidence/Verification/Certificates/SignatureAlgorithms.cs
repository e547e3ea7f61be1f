using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Certificates;

/// <summary>AlgorithmIdentifiers of signatures (RFC 3279, 4055, 5758, 8410). What is not here is refused, SHA-1 above all.</summary>
internal static class SignatureAlgorithms
{
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string MaskGeneration1 = "1.2.840.113549.1.1.8";

    /// <param name="algorithm">The inside of an AlgorithmIdentifier.</param>
    /// <param name="digest">What a bare key algorithm is used with, where the signer names that apart (RFC 5652).</param>
    /// <returns>Null where the algorithm or its parameters are not understood.</returns>
    public static SignatureScheme? Read(AsnReader algorithm, HashAlgorithmName? digest = null)
    {
        var oid = algorithm.ReadObjectIdentifier();
        if (oid == RsaPss) return ReadPss(algorithm);
        return HasNoParameters(algorithm) ? FromOid(oid) ?? FromKeyOid(oid, digest) : null;
    }

    public static HashAlgorithmName? HashFromOid(string oid) => oid switch
    {
        "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
        "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
        "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>Reads an AlgorithmIdentifier of a hash, its parameters absent or NULL.</summary>
    public static HashAlgorithmName? ReadHash(AsnReader from)
    {
        var algorithm = from.ReadSequence();
        var oid = algorithm.ReadObjectIdentifier();
        return HasNoParameters(algorithm) ? HashFromOid(oid) : null;
    }

    private static SignatureScheme? FromOid(string oid) => oid switch
    {
        "1.2.840.10045.4.3.2" => SignatureScheme.EcdsaSha256,
        "1.2.840.10045.4.3.3" => SignatureScheme.EcdsaSha384,
        "1.2.840.10045.4.3.4" => SignatureScheme.EcdsaSha512,
        "1.2.840.113549.1.1.11" => SignatureScheme.RsaPkcs1Sha256,
        "1.2.840.113549.1.1.12" => SignatureScheme.RsaPkcs1Sha384,
        "1.2.840.113549.1.1.13" => SignatureScheme.RsaPkcs1Sha512,
        "1.3.101.112" => SignatureScheme.Ed25519,
        _ => null,
    };

    private static SignatureScheme? FromKeyOid(string oid, HashAlgorithmName? digest) => (oid, digest?.Name) switch
    {
        ("1.2.840.113549.1.1.1", "SHA256") => SignatureScheme.RsaPkcs1Sha256,
        ("1.2.840.113549.1.1.1", "SHA384") => SignatureScheme.RsaPkcs1Sha384,
        ("1.2.840.113549.1.1.1", "SHA512") => SignatureScheme.RsaPkcs1Sha512,
        ("1.2.840.10045.2.1", "SHA256") => SignatureScheme.EcdsaSha256,
        ("1.2.840.10045.2.1", "SHA384") => SignatureScheme.EcdsaSha384,
        ("1.2.840.10045.2.1", "SHA512") => SignatureScheme.EcdsaSha512,
        _ => null,
    };

    private static bool HasNoParameters(AsnReader algorithm)
    {
        if (!algorithm.HasData) return true;
        if (!algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.Null)) return false;
        algorithm.ReadNull();
        return !algorithm.HasData;
    }

    /// <summary>RSASSA-PSS-params (RFC 4055 section 3.1): one hash for both, a salt of its length.</summary>
    private static SignatureScheme? ReadPss(AsnReader algorithm)
    {
        var parameters = algorithm.ReadSequence();
        algorithm.ThrowIfNotEmpty();
        if (!Next(parameters, 0) || ReadHash(parameters.ReadSequence(Tag(0))) is not { } hash) return null;
        if (!Next(parameters, 1) || !IsMaskWith(parameters.ReadSequence(Tag(1)), hash)) return null;
        if (!Next(parameters, 2) || !parameters.ReadSequence(Tag(2)).TryReadInt32(out var salt) || parameters.HasData) return null;
        return (hash.Name, salt) switch
        {
            ("SHA256", 32) => SignatureScheme.RsaPssSha256,
            ("SHA384", 48) => SignatureScheme.RsaPssSha384,
            ("SHA512", 64) => SignatureScheme.RsaPssSha512,
            _ => null,
        };
    }

    private static bool IsMaskWith(AsnReader from, HashAlgorithmName hash)
    {
        var mask = from.ReadSequence();
        return mask.ReadObjectIdentifier() == MaskGeneration1 && ReadHash(mask) == hash;
    }

    private static bool Next(AsnReader reader, int number) => reader.HasData && reader.PeekTag().HasSameClassAndValue(Tag(number));

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
