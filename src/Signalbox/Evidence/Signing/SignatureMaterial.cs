namespace Signalbox.Evidence.Signing;

/// <summary>What a bundle carries beside the signature.</summary>
/// <param name="Certificate">The signing certificate, DER; null where a plain key signed.</param>
/// <param name="KeyHint">Names the plain key.</param>
/// <param name="Entry">The log's answer; null where nothing was logged.</param>
/// <param name="Timestamp">An RFC 3161 response, DER; null where none was asked for.</param>
public sealed record SignatureMaterial(byte[]? Certificate, string KeyHint, LoggedEntry? Entry, byte[]? Timestamp);

/// <summary>An entry of a Rekor log with its proofs, as bundles carry them.</summary>
public sealed record LoggedEntry(
    long Index, byte[] LogId, string Kind, string KindVersion, long IntegratedAt, byte[]? Promise,
    long ProofIndex, byte[] RootHash, long TreeSize, IReadOnlyList<byte[]> Hashes, string Checkpoint, byte[] Body);
