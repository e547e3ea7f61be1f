using System.Security.Cryptography;

namespace Signalbox.Evidence.Signing;

/// <summary>Where a signature is certified, logged and stamped; null where it is not.</summary>
/// <param name="Fulcio">Base address; needs an identity token.</param>
/// <param name="Rekor">Base address of a Rekor v1 log.</param>
/// <param name="TimestampAuthority">The full address.</param>
public sealed record SigningPlan(Uri? Fulcio, Uri? Rekor, Uri? TimestampAuthority)
{
    public EnvelopeEntry EnvelopeEntry { get; init; }
}

/// <summary>Makes Sigstore bundles, with a key that stays or, keyless, with one that is forgotten at once.</summary>
public sealed class BundleSigner(SigningServices services, SigningPlan plan)
{
    /// <exception cref="SigningServiceException">A service refused or could not be reached.</exception>
    public Task<byte[]> SignAsync(SignedContent content, SigningKey key, CancellationToken cancel) => SignAsync(content, key, null, cancel);

    /// <param name="token">The identity token that Fulcio certifies.</param>
    /// <exception cref="SigningServiceException">A service refused or could not be reached.</exception>
    public async Task<byte[]> SignKeylessAsync(SignedContent content, string token, CancellationToken cancel)
    {
        using var key = SigningKey.Create();
        var fulcio = plan.Fulcio ?? throw new SigningServiceException("no certificate authority is named");
        var certificate = await CertificateRequest.SendAsync(services, fulcio, key, token, cancel).ConfigureAwait(false);
        return await SignAsync(content, key, certificate, cancel).ConfigureAwait(false);
    }

    private async Task<byte[]> SignAsync(SignedContent content, SigningKey key, byte[]? certificate, CancellationToken cancel)
    {
        var signature = key.Sign(content.Signed);
        var timestamp = plan.TimestampAuthority is { } authority ? await TimestampRequest.SendAsync(services, authority, signature, cancel).ConfigureAwait(false) : null;
        var pem = certificate is null ? key.PublicPem : PemEncoding.WriteString("CERTIFICATE", certificate) + "\n";
        var entry = plan.Rekor is { } rekor ? await LogRequest.SendAsync(services, rekor, content, key, signature, pem, plan.EnvelopeEntry, cancel).ConfigureAwait(false) : null;
        return BundleWriter.Write(content, key, signature, new(certificate, key.Hint, entry, timestamp));
    }
}
