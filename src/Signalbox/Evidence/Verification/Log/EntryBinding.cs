using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Log;

/// <summary>The signer as entries name it: a certificate where there is one, else the bare key.</summary>
internal sealed record EntrySigner(ReadOnlyMemory<byte>? Certificate, VerificationKey Key);

/// <summary>What was signed: the artifact's or the envelope's data, with the one signature.</summary>
internal sealed record EntryContent(DsseEnvelope? Envelope, SignedData Data, byte[] Signature);

/// <summary>
/// Holds what was logged against what is in the bundle: a log proves nothing about a signature that is not the one in
/// its entry. Kinds: hashedrekord, dsse and intoto of Rekor v1, hashedrekord and dsse of Rekor v2.
/// </summary>
internal static class EntryBinding
{
    public static void Verify(LogEntry entry, EntrySigner signer, EntryContent content)
    {
        var body = JsonFields.Parse(entry.Body, "the log entry");
        if (body.Text("kind") != entry.Kind || body.Text("apiVersion") != entry.KindVersion)
            throw Refusal.Bad($"the log entry is of another kind than '{JsonFields.Shown(entry.Kind)} {JsonFields.Shown(entry.KindVersion)}', which the bundle says");
        var spec = body.RequiredObject("spec");
        switch (entry.Kind, entry.KindVersion, content.Envelope)
        {
            case ("hashedrekord", "0.0.1", null): VerifyHashedRekord(spec, signer, content); break;
            case ("hashedrekord", "0.0.2", _): VerifyHashedRekord2(spec.RequiredObject("hashedRekordV002"), signer, content); break;
            case ("dsse", "0.0.1", { } envelope): VerifyDsse(spec, signer, envelope); break;
            case ("dsse", "0.0.2", { } envelope): VerifyDsse2(spec.RequiredObject("dsseV002"), signer, envelope); break;
            case ("intoto", "0.0.2", { } envelope): VerifyInToto(spec.RequiredObject("content"), signer, envelope); break;
            default: throw Refusal.Bad($"log entries of the kind '{JsonFields.Shown(entry.Kind)} {JsonFields.Shown(entry.KindVersion)}' do not bind this signature");
        }
    }

    private static void VerifyHashedRekord(JsonFields spec, EntrySigner signer, EntryContent content)
    {
        CheckHexHash(spec.RequiredObject("data").RequiredObject("hash"), content.Data, "artifact");
        var signature = spec.RequiredObject("signature");
        CheckSignature(signature.RequiredBytes("content"), content.Signature);
        CheckPem(signature.RequiredObject("publicKey").RequiredBytes("content"), signer);
    }

    /// <summary>Also the form that Rekor v2 has for an envelope: then the digest is over what DSSE signs.</summary>
    private static void VerifyHashedRekord2(JsonFields spec, EntrySigner signer, EntryContent content)
    {
        CheckHash(spec.RequiredObject("data"), content.Data, "artifact");
        var signature = spec.RequiredObject("signature");
        CheckSignature(signature.RequiredBytes("content"), content.Signature);
        CheckVerifier(signature.RequiredObject("verifier"), signer);
    }

    private static void VerifyDsse(JsonFields spec, EntrySigner signer, DsseEnvelope envelope)
    {
        CheckHexHash(spec.RequiredObject("payloadHash"), SignedData.Of(envelope.Payload), "payload");
        var signature = Single(spec.Objects("signatures"));
        CheckSignature(signature.RequiredBytes("signature"), envelope.Signature);
        CheckPem(signature.RequiredBytes("verifier"), signer);
    }

    private static void VerifyDsse2(JsonFields spec, EntrySigner signer, DsseEnvelope envelope)
    {
        CheckHash(spec.RequiredObject("payloadHash"), SignedData.Of(envelope.Payload), "payload");
        var signature = Single(spec.Objects("signatures"));
        CheckSignature(signature.RequiredBytes("content"), envelope.Signature);
        CheckVerifier(signature.RequiredObject("verifier"), signer);
    }

    private static void VerifyInToto(JsonFields spec, EntrySigner signer, DsseEnvelope envelope)
    {
        CheckHexHash(spec.RequiredObject("payloadHash"), SignedData.Of(envelope.Payload), "payload");
        var logged = spec.RequiredObject("envelope");
        if (logged.Text("payloadType") != envelope.PayloadType) throw Refusal.Bad("the log entry is for another payload type than the envelope's");
        var signature = Single(logged.Objects("signatures"));
        // the signature's base64 is encoded once more
        CheckSignature(CanonicalBase64.Decode(Encoding.ASCII.GetString(signature.RequiredBytes("sig")), "the log entry's signature"), envelope.Signature);
        CheckPem(signature.RequiredBytes("publicKey"), signer);
    }

    private static JsonFields Single(IReadOnlyList<JsonFields> signatures) =>
        signatures.Count == 1 ? signatures[0] : throw Refusal.Bad($"the log entry has {signatures.Count} signatures; the bundle has one");

    private static void CheckSignature(byte[] logged, byte[] own)
    {
        if (!logged.AsSpan().SequenceEqual(own)) throw Refusal.Bad("the log entry is for another signature than the bundle's");
    }

    private static void CheckHexHash(JsonFields hash, SignedData data, string what)
    {
        var algorithm = hash.RequiredText("algorithm") switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha384" => HashAlgorithmName.SHA384,
            "sha512" => HashAlgorithmName.SHA512,
            var other => throw Refusal.Bad($"the log entry's hash is {JsonFields.Shown(other)}; expected sha256, sha384 or sha512"),
        };
        if (data.Hash(algorithm) is not { } own || Convert.ToHexStringLower(own) != hash.RequiredText("value")) throw Refusal.Bad($"the log entry is for another {what}");
    }

    private static void CheckHash(JsonFields hash, SignedData data, string what)
    {
        var algorithm = HashNames.FromProtobuf(hash.RequiredText("algorithm"))
            ?? throw Refusal.Bad("the log entry's hash is of an algorithm that is not understood");
        if (data.Hash(algorithm) is not { } own || !own.AsSpan().SequenceEqual(hash.RequiredBytes("digest"))) throw Refusal.Bad($"the log entry is for another {what}");
    }

    private static void CheckPem(byte[] pem, EntrySigner signer)
    {
        var (label, der) = PemBlock.ReadAll(Encoding.ASCII.GetString(pem), "the log entry's key")[0];
        CheckSigner(label == "CERTIFICATE", der, signer);
    }

    private static void CheckVerifier(JsonFields verifier, EntrySigner signer)
    {
        var certificate = verifier.Object("x509Certificate");
        CheckSigner(certificate is not null, (certificate ?? verifier.RequiredObject("publicKey")).RequiredBytes("rawBytes"), signer);
    }

    private static void CheckSigner(bool isCertificate, byte[] der, EntrySigner signer)
    {
        var own = isCertificate ? signer.Certificate : signer.Certificate is null ? signer.Key.Spki : (ReadOnlyMemory<byte>?)null;
        if (own is not { } expected || !expected.Span.SequenceEqual(der)) throw Refusal.Bad("the log entry is for another signer than the bundle's");
    }
}
