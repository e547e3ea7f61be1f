using System.Security.Cryptography;

namespace Signalbox.Evidence.Verification.Log;

/// <summary>Hashes of a transparency log's Merkle tree (RFC 6962 section 2.1, RFC 9162 section 2.1.3.2), SHA-256.</summary>
internal static class MerkleTree
{
    public const int HashBytes = 32;

    public static byte[] LeafHash(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    /// <summary>The root that a proof leads to.</summary>
    /// <param name="index">Of the leaf, from 0, below <paramref name="size"/>.</param>
    /// <param name="proof">Sibling hashes from the leaf to the root.</param>
    /// <returns>Null where the proof has not the length that index and size demand.</returns>
    public static byte[]? RootOf(byte[] leafHash, long index, long size, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size || proof.Any(hash => hash.Length != HashBytes)) return null;
        var (node, last, hash, used) = (index, size - 1, leafHash, 0);
        for (; last > 0; node >>= 1, last >>= 1)
        {
            // the last node of a level without a right sibling rises as it is
            if ((node & 1) == 0 && node == last) continue;
            if (used == proof.Count) return null;
            hash = (node & 1) == 1 ? Join(proof[used++], hash) : Join(hash, proof[used++]);
        }
        return used == proof.Count ? hash : null;
    }

    private static byte[] Join(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
