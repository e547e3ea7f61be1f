using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Timestamps;

/// <summary>An RFC 3161 time-stamp token: a CMS SignedData (RFC 5652) over a TSTInfo. Parsed, not verified.</summary>
/// <param name="Content">The TSTInfo's bytes, which the signer's attributes hold the digest of.</param>
/// <param name="Certificates">Those that came along, DER; never trusted.</param>
internal sealed record TimestampToken(byte[] Content, TimestampInfo Info, IReadOnlyList<ReadOnlyMemory<byte>> Certificates, TimestampSigner Signer);

/// <param name="ImprintHash">The algorithm of <paramref name="Imprint"/>, the digest of what was stamped.</param>
internal sealed record TimestampInfo(HashAlgorithmName ImprintHash, byte[] Imprint, DateTimeOffset At);

/// <summary>The token's one SignerInfo. The certificate is named by issuer and serial number or by its key identifier.</summary>
/// <param name="SignedAttributes">DER of the SET that the signature is over.</param>
/// <param name="CertificateHash">ESSCertID's digest of the signer's certificate (RFC 5035), with its algorithm.</param>
internal sealed record TimestampSigner(
    ReadOnlyMemory<byte>? Issuer, ReadOnlyMemory<byte> Serial, ReadOnlyMemory<byte>? KeyId,
    HashAlgorithmName Digest, byte[] SignedAttributes, byte[] ContentDigest, HashAlgorithmName CertificateHashAlgorithm, byte[] CertificateHash,
    SignatureScheme Scheme, byte[] Signature);
