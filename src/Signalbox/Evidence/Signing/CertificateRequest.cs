using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>Asks Fulcio for a certificate (API v2, github.com/sigstore/fulcio fulcio.proto).</summary>
internal static class CertificateRequest
{
    /// <param name="token">An OpenID Connect identity token (JWT); only its subject is read here, Fulcio verifies it.</param>
    /// <returns>The signing certificate, DER.</returns>
    /// <exception cref="SigningServiceException">Fulcio refused, or the token is none.</exception>
    public static async Task<byte[]> SendAsync(SigningServices services, Uri fulcio, SigningKey key, string token, CancellationToken cancel)
    {
        var subject = IdentityToken.Subject(token) ?? throw new SigningServiceException("the identity token is not a JWT with a subject");
        var body = Body(key, token, key.Sign(Encoding.UTF8.GetBytes(subject)));
        var answer = await services.PostAsync(new(fulcio, "/api/v2/signingCert"), body, "application/json", "application/json", cancel).ConfigureAwait(false);
        try
        {
            var certificate = JsonFields.Parse(answer, "Fulcio's answer");
            var chain = (certificate.Object("signedCertificateEmbeddedSct") ?? certificate.RequiredObject("signedCertificateDetachedSct")).RequiredObject("chain");
            return chain.List("certificates") is [{ ValueKind: JsonValueKind.String } first, ..] && PemEncoding.TryFind(first.GetString(), out var fields)
                ? Convert.FromBase64String(first.GetString()![fields.Base64Data])
                : throw new MalformedException("Fulcio's answer has no certificate");
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            throw new SigningServiceException($"{fulcio} gave no certificate: {e.Message}", e);
        }
    }

    private static byte[] Body(SigningKey key, string token, byte[] proof)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("credentials");
            json.WriteString("oidcIdentityToken", token);
            json.WriteEndObject();
            json.WriteStartObject("publicKeyRequest");
            json.WriteStartObject("publicKey");
            json.WriteString("algorithm", key.AlgorithmName);
            json.WriteString("content", key.PublicPem);
            json.WriteEndObject();
            json.WriteBase64String("proofOfPossession", proof);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
