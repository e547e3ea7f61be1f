using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Provenance;

namespace Signalbox.Evidence.Verification;

/// <summary>What a bundle must prove. What is left out is not asked for; with no signer and no provenance nothing is accepted.</summary>
public sealed record VerificationPolicy
{
    /// <summary>Digests of the one artifact; a subject must agree with every digest whose algorithm it has, and have one.</summary>
    public IReadOnlyList<ArtifactDigest> Artifact { get; init; } = [];

    /// <summary>The artifact itself, where it is at hand: needed for plain Ed25519 signatures over it.</summary>
    public byte[]? ArtifactBytes { get; init; }

    /// <summary>Any one of these must have signed; empty where the provenance's builder is all that counts.</summary>
    public IReadOnlyList<ExpectedSigner> Signers { get; init; } = [];

    /// <summary>
    /// Whether anybody with a certificate is taken where no signer is expected, for callers that only ask whose signature it is and
    /// judge that themselves. A plain key proves nobody: it must be given.
    /// </summary>
    public bool AnySigner { get; init; }

    public ProvenancePolicy? Provenance { get; init; }

    /// <summary>Whether a transparency log must hold the signature. A signature by a plain key needs none unless this is true.</summary>
    public bool? RequireLog { get; init; }

    /// <summary>Witnesses of the log, and how many must have signed the checkpoint.</summary>
    public WitnessPolicy? Witnesses { get; init; }
}

/// <summary>Who may have signed: somebody whom an identity provider vouched for, or the holder of a key.</summary>
public sealed record ExpectedSigner
{
    private ExpectedSigner() { }

    /// <summary>The certificate's subject alternative name; <c>*</c> stands for any run of characters.</summary>
    public string? Name { get; private init; }

    /// <summary>The identity provider's address, exact.</summary>
    public string? Issuer { get; private init; }

    public TrustedKey? Key { get; private init; }

    public static ExpectedSigner Identity(string name, string issuer) => new() { Name = name, Issuer = issuer };

    public static ExpectedSigner Holder(TrustedKey key) => new() { Key = key };
}

/// <summary>A public key that its owner gave, outside of any bundle.</summary>
public sealed class TrustedKey
{
    private TrustedKey(VerificationKey key) => Key = key;

    internal VerificationKey Key { get; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo in hex.</summary>
    public string Digest => Convert.ToHexStringLower(Key.Digest);

    /// <summary>Reads a PEM with a PUBLIC KEY: ECDSA P-256, P-384, P-521, RSA of 2048 to 8192 bits, Ed25519.</summary>
    /// <exception cref="FormatException">There is no such key in it.</exception>
    public static TrustedKey FromPem(string pem)
    {
        try
        {
            return new(VerificationKey.FromPem(pem));
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
