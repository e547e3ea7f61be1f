using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Keys;

/// <summary>A public key that checks signatures; safe to use from several threads.</summary>
internal abstract class VerificationKey
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EdwardsCurve25519 = "1.3.101.112";

    protected VerificationKey(ReadOnlyMemory<byte> spki)
    {
        Spki = spki;
        Digest = SHA256.HashData(spki.Span);
    }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> Spki { get; }

    /// <summary>SHA-256 of <see cref="Spki"/>: the key's identity (RFC 6962 section 3.2).</summary>
    public byte[] Digest { get; }

    /// <summary>For people: "ECDSA P-256".</summary>
    public abstract string Name { get; }

    /// <summary>What an artifact may be signed with under this key where nothing else names the scheme.</summary>
    public abstract IReadOnlyList<SignatureScheme> Schemes { get; }

    /// <returns>False also where the scheme is not of this key or the needed hash is not known.</returns>
    public abstract bool Verify(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature);

    public bool Verify(SignatureScheme scheme, ReadOnlyMemory<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(scheme, SignedData.Of(data), signature);

    /// <exception cref="MalformedException">It is not a key of a kind that is understood.</exception>
    public static VerificationKey FromSpki(ReadOnlyMemory<byte> spki)
    {
        try
        {
            var sequence = new AsnReader(spki, AsnEncodingRules.DER).ReadSequence();
            return sequence.ReadSequence().ReadObjectIdentifier() switch
            {
                EcPublicKey => EcdsaKey.Import(spki),
                RsaEncryption => RsaKey.Import(spki),
                EdwardsCurve25519 => Ed25519Key.Import(spki),
                var other => throw new MalformedException($"keys of the algorithm {other} are not understood; expected ECDSA, RSA or Ed25519"),
            };
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new MalformedException("a public key is malformed", e);
        }
    }

    /// <summary>Reads a PEM file with one public key (SubjectPublicKeyInfo).</summary>
    /// <exception cref="MalformedException">There is no such key in it, or more than one block.</exception>
    public static VerificationKey FromPem(string pem)
    {
        var (label, der) = PemBlock.ReadOnly(pem, "the public key");
        return label == "PUBLIC KEY"
            ? FromSpki(der)
            : throw new MalformedException($"the PEM holds a {JsonFields.Shown(label)}; expected a PUBLIC KEY");
    }
}
