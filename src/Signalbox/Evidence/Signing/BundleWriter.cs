using System.Globalization;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>Writes Sigstore bundles of version 0.3.</summary>
internal static class BundleWriter
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(SignedContent content, SigningKey key, byte[] signature, SignatureMaterial material)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_plain))
        {
            json.WriteStartObject();
            json.WriteString("mediaType", BundleReader.CurrentMediaType);
            json.WriteStartObject("verificationMaterial");
            WriteMaterial(json, material);
            json.WriteEndObject();
            if (content is MessageContent message) WriteMessage(json, message, key, signature);
            else WriteEnvelope(json, (EnvelopeContent)content, signature, material);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WriteMaterial(Utf8JsonWriter json, SignatureMaterial material)
    {
        if (material.Certificate is { } certificate)
        {
            json.WriteStartObject("certificate");
            json.WriteBase64String("rawBytes", certificate);
        }
        else
        {
            json.WriteStartObject("publicKey");
            json.WriteString("hint", material.KeyHint);
        }
        json.WriteEndObject();
        json.WriteStartArray("tlogEntries");
        if (material.Entry is { } entry) WriteEntry(json, entry);
        json.WriteEndArray();
        if (material.Timestamp is { } timestamp) WriteTimestamp(json, timestamp);
    }

    private static void WriteTimestamp(Utf8JsonWriter json, byte[] timestamp)
    {
        json.WriteStartObject("timestampVerificationData");
        json.WriteStartArray("rfc3161Timestamps");
        json.WriteStartObject();
        json.WriteBase64String("signedTimestamp", timestamp);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, LoggedEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("logIndex", Number(entry.Index));
        json.WriteStartObject("logId");
        json.WriteBase64String("keyId", entry.LogId);
        json.WriteEndObject();
        json.WriteStartObject("kindVersion");
        json.WriteString("kind", entry.Kind);
        json.WriteString("version", entry.KindVersion);
        json.WriteEndObject();
        if (entry.IntegratedAt > 0) json.WriteString("integratedTime", Number(entry.IntegratedAt));
        if (entry.Promise is { } promise)
        {
            json.WriteStartObject("inclusionPromise");
            json.WriteBase64String("signedEntryTimestamp", promise);
            json.WriteEndObject();
        }
        WriteProof(json, entry);
        json.WriteBase64String("canonicalizedBody", entry.Body);
        json.WriteEndObject();
    }

    private static void WriteProof(Utf8JsonWriter json, LoggedEntry entry)
    {
        json.WriteStartObject("inclusionProof");
        json.WriteString("logIndex", Number(entry.ProofIndex));
        json.WriteBase64String("rootHash", entry.RootHash);
        json.WriteString("treeSize", Number(entry.TreeSize));
        json.WriteStartArray("hashes");
        foreach (var hash in entry.Hashes) json.WriteBase64StringValue(hash);
        json.WriteEndArray();
        json.WriteStartObject("checkpoint");
        json.WriteString("envelope", entry.Checkpoint);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, MessageContent message, SigningKey key, byte[] signature)
    {
        var (algorithm, _, digest) = message.Digest(key.Hash);
        json.WriteStartObject("messageSignature");
        json.WriteStartObject("messageDigest");
        json.WriteString("algorithm", algorithm);
        json.WriteBase64String("digest", digest);
        json.WriteEndObject();
        json.WriteBase64String("signature", signature);
        json.WriteEndObject();
    }

    private static void WriteEnvelope(Utf8JsonWriter json, EnvelopeContent envelope, byte[] signature, SignatureMaterial material)
    {
        json.WriteStartObject("dsseEnvelope");
        json.WriteBase64String("payload", envelope.Payload);
        json.WriteString("payloadType", envelope.PayloadType);
        json.WriteStartArray("signatures");
        json.WriteStartObject();
        json.WriteBase64String("sig", signature);
        // the hint of the material and the envelope's must be the same (sigstore_bundle.proto)
        json.WriteString("keyid", material.Certificate is null ? material.KeyHint : "");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // protobuf's JSON writes 64-bit integers as text
    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
