using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>ECDSA on P-256, P-384 or P-521 (FIPS 186-5), signatures in strict DER.</summary>
internal sealed class EcdsaKey : VerificationKey
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    private EcdsaKey(ReadOnlyMemory<byte> spki, ECDsa key) : base(spki) => _key = key;

    public override string Name => $"ECDSA P-{_key.KeySize}";

    /// <summary>The hash of the curve's strength, and SHA-256, which older Sigstore clients used with every curve.</summary>
    public override IReadOnlyList<SignatureScheme> Schemes => _key.KeySize switch
    {
        256 => [SignatureScheme.EcdsaSha256],
        384 => [SignatureScheme.EcdsaSha384, SignatureScheme.EcdsaSha256],
        _ => [SignatureScheme.EcdsaSha512, SignatureScheme.EcdsaSha256],
    };

    private int CoordinateBytes => (_key.KeySize + 7) / 8;

    /// <summary>Takes named curves and uncompressed points alone (RFC 5480): the platform would try whatever else is named.</summary>
    public static EcdsaKey Import(ReadOnlyMemory<byte> spki)
    {
        var reader = new AsnReader(spki, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var (curve, width) = ReadCurve(sequence.ReadSequence());
        var point = sequence.ReadBitString(out var unused);
        sequence.ThrowIfNotEmpty();
        if (unused != 0 || point.Length != 1 + 2 * width || point[0] != 4) throw new MalformedException("an ECDSA key is not an uncompressed point of its curve");
        return new(spki, ECDsa.Create(new ECParameters { Curve = curve, Q = new() { X = point[1..(1 + width)], Y = point[(1 + width)..] } }));
    }

    private static (ECCurve Curve, int Width) ReadCurve(AsnReader algorithm)
    {
        algorithm.ReadObjectIdentifier();
        var curve = algorithm.ReadObjectIdentifier();
        algorithm.ThrowIfNotEmpty();
        return curve switch
        {
            "1.2.840.10045.3.1.7" => (ECCurve.NamedCurves.nistP256, 32),
            "1.3.132.0.34" => (ECCurve.NamedCurves.nistP384, 48),
            "1.3.132.0.35" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw new MalformedException($"the curve {curve} is not understood; expected P-256, P-384 or P-521"),
        };
    }

    public override bool Verify(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature)
    {
        if (scheme is not (SignatureScheme.EcdsaSha256 or SignatureScheme.EcdsaSha384 or SignatureScheme.EcdsaSha512)) return false;
        return data.Hash(scheme.Hash()!.Value) is { } hash && FromDer(signature) is { } fixedSize && VerifyFixed(hash, fixedSize);
    }

    /// <param name="signature">r and s at the curve's full width (IEEE P1363), as JOSE and COSE have it.</param>
    public bool VerifyFixed(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature) =>
        signature.Length == 2 * CoordinateBytes && data.Hash(scheme.Hash()!.Value) is { } hash && VerifyFixed(hash, signature.ToArray());

    private bool VerifyFixed(byte[] hash, byte[] signature)
    {
        // the platform's keys do not promise to be safe for several threads
        lock (_gate) return _key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Strict here, so that no platform's leniency decides whether a changed encoding passes.</summary>
    private byte[]? FromDer(ReadOnlySpan<byte> signature)
    {
        try
        {
            var reader = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var pair = reader.ReadSequence();
            var (r, s) = (pair.ReadInteger(), pair.ReadInteger());
            pair.ThrowIfNotEmpty();
            reader.ThrowIfNotEmpty();
            return Fits(r) && Fits(s) ? [.. Padded(r), .. Padded(s)] : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private bool Fits(BigInteger number) => number.Sign > 0 && number.GetByteCount(isUnsigned: true) <= CoordinateBytes;

    private byte[] Padded(BigInteger number)
    {
        var bytes = new byte[CoordinateBytes];
        var length = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes.AsSpan(CoordinateBytes - length), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
