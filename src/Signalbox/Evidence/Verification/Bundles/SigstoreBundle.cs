namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>A Sigstore bundle as sigstore_bundle.proto gives it (github.com/sigstore/protobuf-specs); read, not verified.</summary>
internal sealed record SigstoreBundle(BundleVersion Version, BundleMaterial Material, BundleContent Content);

internal enum BundleVersion { V01, V02, V03 }

/// <summary>What the signature is checked with: one of a key's hint or certificates, then logs and timestamps.</summary>
/// <param name="KeyHint">Set where a key outside the bundle is meant; may be empty.</param>
/// <param name="Certificates">DER, the leaf first; empty where a key is meant.</param>
/// <param name="Timestamps">RFC 3161 TimeStampResp, DER.</param>
internal sealed record BundleMaterial(
    string? KeyHint, IReadOnlyList<byte[]> Certificates, IReadOnlyList<LogEntry> Entries, IReadOnlyList<byte[]> Timestamps);

/// <param name="Index">Over all shards of the log; the index within the tree is the proof's.</param>
/// <param name="IntegratedAt">Unix seconds; trusted only together with <paramref name="Promise"/>. 0 where absent.</param>
/// <param name="Promise">The signed entry timestamp, or null.</param>
/// <param name="Body">The canonicalized entry: what was logged.</param>
internal sealed record LogEntry(
    long Index, byte[] LogId, string Kind, string KindVersion, long IntegratedAt, byte[]? Promise, InclusionProof? Proof, byte[] Body);

/// <param name="Checkpoint">The signed tree head; null in some bundles of version 0.1, whose proof then proves nothing by itself.</param>
internal sealed record InclusionProof(long Index, byte[] RootHash, long TreeSize, IReadOnlyList<byte[]> Hashes, string? Checkpoint);

internal abstract record BundleContent;

/// <summary>A signature over an artifact's bytes; the digest is an unauthenticated hint that must still agree.</summary>
internal sealed record SignedMessage(string? DigestAlgorithm, byte[]? Digest, byte[] Signature) : BundleContent;

/// <summary>A DSSE envelope with its one signature (github.com/secure-systems-lab/dsse).</summary>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, string KeyId, byte[] Signature) : BundleContent
{
    /// <summary>What the signature is over: <c>DSSEv1 SP len(type) SP type SP len(body) SP body</c>, lengths in bytes.</summary>
    public byte[] PreAuthenticationEncoding() => PreAuthenticationEncoding(PayloadType, Payload);

    /// <inheritdoc cref="PreAuthenticationEncoding()"/>
    public static byte[] PreAuthenticationEncoding(string payloadType, byte[] payload) =>
        [.. System.Text.Encoding.UTF8.GetBytes($"DSSEv1 {System.Text.Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} "), .. payload];
}
