using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;
using Ed25519Math = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>Ed25519 and its pre-hashed form (RFC 8032), which .NET 10 does not have: BouncyCastle's arithmetic.</summary>
internal sealed class Ed25519Key : VerificationKey
{
    private readonly byte[] _key;

    private Ed25519Key(ReadOnlyMemory<byte> spki, byte[] key) : base(spki) => _key = key;

    public override string Name => "Ed25519";

    public override IReadOnlyList<SignatureScheme> Schemes => [SignatureScheme.Ed25519, SignatureScheme.Ed25519Ph];

    /// <summary>The 32 bytes of the key itself.</summary>
    public ReadOnlySpan<byte> Raw => _key;

    public static Ed25519Key Import(ReadOnlyMemory<byte> spki)
    {
        var reader = new AsnReader(spki, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var algorithm = sequence.ReadSequence();
        algorithm.ReadObjectIdentifier();
        algorithm.ThrowIfNotEmpty();
        var key = sequence.ReadBitString(out var unused);
        sequence.ThrowIfNotEmpty();
        return key.Length == Ed25519Math.PublicKeySize && unused == 0 && Ed25519Math.ValidatePublicKeyFull(key, 0)
            ? new(spki, key)
            : throw new MalformedException("an Ed25519 key is not a point of the curve's prime order group");
    }

    public override bool Verify(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519Math.SignatureSize) return false;
        return scheme switch
        {
            SignatureScheme.Ed25519 when data.Bytes is { } bytes => Ed25519Math.Verify(signature.ToArray(), 0, _key, 0, bytes.ToArray(), 0, bytes.Length),
            SignatureScheme.Ed25519Ph when data.Hash(HashAlgorithmName.SHA512) is { } hash => Ed25519Math.VerifyPrehash(signature.ToArray(), 0, _key, 0, [], hash, 0),
            _ => false,
        };
    }
}
