using System.Security.Cryptography;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>What a signature is over: the bytes, or only digests of them where the bytes are not at hand.</summary>
internal sealed class SignedData
{
    private readonly Dictionary<string, byte[]> _hashes = new(StringComparer.Ordinal);

    private SignedData(ReadOnlyMemory<byte>? bytes) => Bytes = bytes;

    public ReadOnlyMemory<byte>? Bytes { get; }

    public static SignedData Of(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <param name="hashes">By algorithm: SHA256, SHA384 or SHA512.</param>
    public static SignedData OfHashes(IEnumerable<(HashAlgorithmName Algorithm, byte[] Value)> hashes)
    {
        var data = new SignedData(null);
        foreach (var (algorithm, value) in hashes) data._hashes[algorithm.Name!] = value;
        return data;
    }

    /// <returns>Null where it is neither known nor can be computed.</returns>
    public byte[]? Hash(HashAlgorithmName algorithm)
    {
        if (_hashes.TryGetValue(algorithm.Name!, out var known)) return known;
        if (Bytes is not { } bytes) return null;
        return _hashes[algorithm.Name!] = CryptographicOperations.HashData(algorithm, bytes.Span);
    }
}
