using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>What is signed: an artifact's bytes, or a statement in a DSSE envelope.</summary>
public abstract record SignedContent
{
    /// <summary>The bytes that the signature is over.</summary>
    internal abstract byte[] Signed { get; }

    public static SignedContent Message(byte[] artifact) => new MessageContent(artifact);

    /// <param name="payload">An in-toto statement, JSON.</param>
    public static SignedContent Statement(byte[] payload) => new EnvelopeContent("application/vnd.in-toto+json", payload);
}

internal sealed record MessageContent(byte[] Artifact) : SignedContent
{
    internal override byte[] Signed => Artifact;

    /// <summary>The digest that the bundle hints at, of the hash that was signed.</summary>
    public (string Protobuf, string Rekor, byte[] Value) Digest(HashAlgorithmName? hash) => hash?.Name switch
    {
        "SHA384" => ("SHA2_384", "sha384", SHA384.HashData(Artifact)),
        "SHA512" => ("SHA2_512", "sha512", SHA512.HashData(Artifact)),
        _ => ("SHA2_256", "sha256", SHA256.HashData(Artifact)),
    };
}

internal sealed record EnvelopeContent(string PayloadType, byte[] Payload) : SignedContent
{
    internal override byte[] Signed => DsseEnvelope.PreAuthenticationEncoding(PayloadType, Payload);
}
