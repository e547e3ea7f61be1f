using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>How an envelope is written into a Rekor v1 log.</summary>
public enum EnvelopeEntry { Dsse, InToto }

/// <summary>Writes a signature into a Rekor v1 log (github.com/sigstore/rekor openapi.yaml, POST /api/v1/log/entries).</summary>
internal static class LogRequest
{
    /// <param name="signerPem">The certificate, or the public key, in PEM.</param>
    /// <exception cref="SigningServiceException">The log refused, or its answer is not one.</exception>
    public static async Task<LoggedEntry> SendAsync(SigningServices services, Uri rekor, SignedContent content, SigningKey key, byte[] signature, string signerPem, EnvelopeEntry form, CancellationToken cancel)
    {
        var pem = Encoding.UTF8.GetBytes(signerPem);
        var proposed = content switch
        {
            MessageContent message => HashedRekord(message, key, signature, pem),
            EnvelopeContent envelope when form == EnvelopeEntry.InToto => InToto(envelope, signature, pem),
            EnvelopeContent envelope => Dsse(envelope, signature, pem),
            _ => throw new InvalidOperationException(),
        };
        var answer = await services.PostAsync(new(rekor, "/api/v1/log/entries"), proposed, "application/json", "application/json", cancel).ConfigureAwait(false);
        try
        {
            return Read(answer);
        }
        catch (Exception e) when (e is MalformedException or FormatException or InvalidOperationException)
        {
            throw new SigningServiceException($"{rekor} gave no log entry: {e.Message}", e);
        }
    }

    private static byte[] HashedRekord(MessageContent message, SigningKey key, byte[] signature, byte[] pem) => Write("hashedrekord", "0.0.1", json =>
    {
        var (_, algorithm, digest) = message.Digest(key.Hash);
        json.WriteStartObject("data");
        WriteHash(json, "hash", algorithm, digest);
        json.WriteEndObject();
        json.WriteStartObject("signature");
        json.WriteBase64String("content", signature);
        json.WriteStartObject("publicKey");
        json.WriteBase64String("content", pem);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static byte[] Dsse(EnvelopeContent envelope, byte[] signature, byte[] pem) => Write("dsse", "0.0.1", json =>
    {
        json.WriteStartObject("proposedContent");
        json.WriteString("envelope", EnvelopeText(envelope, signature, null));
        json.WriteStartArray("verifiers");
        json.WriteBase64StringValue(pem);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    // payload and signature are base64 of base64 here
    private static byte[] InToto(EnvelopeContent envelope, byte[] signature, byte[] pem) => Write("intoto", "0.0.2", json =>
    {
        json.WriteStartObject("content");
        json.WriteStartObject("envelope");
        json.WriteString("payloadType", envelope.PayloadType);
        json.WriteBase64String("payload", Encoding.ASCII.GetBytes(Convert.ToBase64String(envelope.Payload)));
        json.WriteStartArray("signatures");
        json.WriteStartObject();
        json.WriteBase64String("sig", Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)));
        json.WriteBase64String("publicKey", pem);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        WriteHash(json, "hash", "sha256", SHA256.HashData(Encoding.UTF8.GetBytes(EnvelopeText(envelope, signature, Encoding.UTF8.GetString(pem)))));
        WriteHash(json, "payloadHash", "sha256", SHA256.HashData(envelope.Payload));
        json.WriteEndObject();
    });

    /// <summary>The envelope as JSON; with the signer's PEM it is what an intoto entry hashes, keys in canonical order.</summary>
    private static string EnvelopeText(EnvelopeContent envelope, byte[] signature, string? pem)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBase64String("payload", envelope.Payload);
            json.WriteString("payloadType", envelope.PayloadType);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            if (pem is not null) json.WriteString("publicKey", pem);
            json.WriteBase64String("sig", signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static byte[] Write(string kind, string version, Action<Utf8JsonWriter> spec)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", version);
            json.WriteString("kind", kind);
            json.WriteStartObject("spec");
            spec(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WriteHash(Utf8JsonWriter json, string name, string algorithm, byte[] value)
    {
        json.WriteStartObject(name);
        json.WriteString("algorithm", algorithm);
        json.WriteString("value", Convert.ToHexStringLower(value));
        json.WriteEndObject();
    }

    /// <summary>The answer is an object with the one entry under its identifier; hashes and ids are in hex.</summary>
    private static LoggedEntry Read(byte[] answer)
    {
        var outer = JsonFields.Parse(answer, "the log's answer");
        var entry = outer.RequiredObject(outer.Element.EnumerateObject().First().Name);
        var verification = entry.RequiredObject("verification");
        var proof = verification.RequiredObject("inclusionProof");
        var body = entry.RequiredBytes("body");
        var logged = JsonFields.Parse(body, "the log entry");
        return new(
            entry.Int64("logIndex") ?? throw entry.Missing("logIndex"), Convert.FromHexString(entry.RequiredText("logID")), logged.RequiredText("kind"), logged.RequiredText("apiVersion"),
            entry.Int64("integratedTime") ?? 0, verification.Bytes("signedEntryTimestamp"),
            proof.Int64("logIndex") ?? 0, Convert.FromHexString(proof.RequiredText("rootHash")), proof.Int64("treeSize") ?? 0,
            [.. proof.List("hashes").Select(hash => Convert.FromHexString(hash.GetString() ?? ""))], proof.RequiredText("checkpoint"), body);
    }
}
