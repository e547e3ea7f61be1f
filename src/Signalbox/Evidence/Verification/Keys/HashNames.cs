using System.Security.Cryptography;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>Names of hash algorithms in the formats that are read.</summary>
internal static class HashNames
{
    public static HashAlgorithmName? FromProtobuf(string name) => name switch
    {
        "SHA2_256" => HashAlgorithmName.SHA256,
        "SHA2_384" => HashAlgorithmName.SHA384,
        "SHA2_512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>As digests are written: <c>sha256</c>.</summary>
    public static HashAlgorithmName? FromDigest(string name) => name switch
    {
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    public static int Bytes(HashAlgorithmName algorithm) => algorithm.Name switch { "SHA256" => 32, "SHA384" => 48, _ => 64 };
}
