using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Timestamps;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>
/// Why a changed file may be accepted: what was changed is authenticated by nothing and decides nothing, by design of the
/// format. Each class is proven by taking away what it names, and nothing else, from both files: the rest must be the same.
/// </summary>
internal static class Equivalence
{
    private static readonly (string Class, Action<JsonObject> TakeAway)[] s_bundles =
    [
        ("a key's hint", TakeHints),
        ("the version of a bundle with a key", TakeVersions),
        ("time and shard index of an entry without a promise", TakeUnpromised),
        ("what a timestamp brings beside what is signed in it", TakeTimestampCertificates),
        ("several of these", TakeAll),
    ];

    /// <returns>The class; null where the two files do not mean the same.</returns>
    public static string? Of(LocalSample original, byte[] changed)
    {
        if (original.IsImage) return OfImages(original.Bundle, changed);
        if ((Parse(original.Bundle), Parse(changed)) is not ({ } before, { } after)) return null;
        if (JsonNode.DeepEquals(before, after)) return "another spelling of the same JSON";
        TakeLeftOut(before, after);
        return JsonNode.DeepEquals(before, after) ? "what may be left out" : s_bundles.FirstOrDefault(known => Same(before, after, known.TakeAway)).Class;
    }

    /// <summary>
    /// A list without entries says what no list does. The digest beside a signature only identifies the artifact (Sigstore's
    /// bundle format, MessageSignature): it may be absent, and must be right where it is there. A log's promise that it will
    /// include an entry says no more than the proof that it did, but when (TransparencyLogEntry, inclusion_promise): without a
    /// certificate, whose hours would have to hold that time, it may be absent.
    /// </summary>
    private static void TakeLeftOut(JsonObject before, JsonObject after)
    {
        foreach (var name in (string[])["tlogEntries", "timestampVerificationData"])
            foreach (var file in (JsonObject[])[before, after])
                if (file["verificationMaterial"] is JsonObject material && material[name] is JsonArray { Count: 0 } or JsonObject { Count: 0 }) material.Remove(name);
        if (before["messageSignature"] is JsonObject signed && after["messageSignature"] is JsonObject left && !left.ContainsKey("messageDigest")) signed.Remove("messageDigest");
        if (after["verificationMaterial"]?["publicKey"] is null) return;
        foreach (var (entry, kept) in Lists(before, "tlogEntries").Zip(Lists(after, "tlogEntries")))
            if (!kept.ContainsKey("inclusionPromise") && kept["inclusionProof"] is JsonObject) entry.Remove("inclusionPromise");
    }

    private static bool Same(JsonObject before, JsonObject after, Action<JsonObject> takeAway)
    {
        var (left, right) = ((JsonObject)before.DeepClone(), (JsonObject)after.DeepClone());
        takeAway(left);
        takeAway(right);
        return JsonNode.DeepEquals(left, right);
    }

    private static JsonObject? Parse(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void TakeAll(JsonObject file)
    {
        TakeHints(file);
        TakeVersions(file);
        TakeUnpromised(file);
        TakeTimestampCertificates(file);
    }

    private static void TakeHints(JsonObject file)
    {
        foreach (var found in Objects(file, "publicKey")) found.Remove("hint");
        foreach (var signature in Lists(file, "signatures")) signature.Remove("keyid");
    }

    /// <summary>Versions 0.2 and 0.3 differ in how they carry a certificate alone.</summary>
    private static void TakeVersions(JsonObject file)
    {
        foreach (var bundle in Holders(file, "mediaType").Where(bundle => bundle["verificationMaterial"]?["publicKey"] is not null)) bundle.Remove("mediaType");
    }

    /// <summary>Only the promise is over the time and over the index of all shards; the inclusion proof has an index of its own, which a v2 log's must equal.</summary>
    private static void TakeUnpromised(JsonObject file)
    {
        foreach (var entry in Lists(file, "tlogEntries").Where(entry => entry["inclusionPromise"] is null))
        {
            entry.Remove("integratedTime");
            if (entry["kindVersion"] is { } kind && (kind["version"]?.GetValue<string>() != "0.0.2" || kind["kind"]?.GetValue<string>() == "intoto")) entry.Remove("logIndex");
        }
    }

    /// <summary>The signed parts of a token stay; its certificates are only candidates beside the trusted ones.</summary>
    private static void TakeTimestampCertificates(JsonObject file)
    {
        foreach (var timestamp in Lists(file, "rfc3161Timestamps")) timestamp["signedTimestamp"] = Signed(timestamp["signedTimestamp"]?.GetValue<string>() ?? "");
    }

    private static string Signed(string timestamp)
    {
        try
        {
            var token = TimestampReader.ReadResponse(Convert.FromBase64String(timestamp));
            byte[][] parts =
            [
                token.Content, token.Signer.SignedAttributes, token.Signer.Signature, token.Signer.CertificateHash, token.Signer.Issuer?.ToArray() ?? [],
                token.Signer.Serial.ToArray(), token.Signer.KeyId?.ToArray() ?? [],
            ];
            return $"{token.Signer.Scheme} {token.Signer.Digest} {token.Signer.CertificateHashAlgorithm} {string.Join(' ', parts.Select(Convert.ToHexStringLower))}";
        }
        catch (Exception e) when (e is MalformedException or FormatException)
        {
            return timestamp;
        }
    }

    /// <summary>Of a signature's manifest only what is read: the document, the signature, its certificate and the log's word. A chain beside the trusted one is not needed.</summary>
    private static string? OfImages(byte[] before, byte[] after) => (Read(before), Read(after)) is ({ } left, { } right) && left == right ? "what the manifest says beside the signature" : null;

    private static string? Read(byte[] manifest)
    {
        if (LocalImages.Signature(manifest) is not { MediaType: ImageSignature.MediaType } signature) return null;
        string Text(string name) => signature.Annotations.GetValueOrDefault(name, "");
        // white space around PEM's lines is none of the certificate's
        var certificate = Text("dev.sigstore.cosign/certificate") is { Length: > 0 } pem ? string.Join(' ', PemBlock.ReadAll(pem, "pem").Select(block => Convert.ToHexStringLower(block.Der))) : "";
        var log = Text("dev.sigstore.cosign/bundle") is { Length: > 0 } bundle ? JsonNode.Parse(bundle)!.ToJsonString() : "";
        return string.Join('\n', Convert.ToHexStringLower(signature.Content), Text("dev.cosignproject.cosign/signature"), certificate, log);
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node, string name) => Holders(node, name).Select(holder => holder[name]).OfType<JsonObject>();

    private static IEnumerable<JsonObject> Lists(JsonNode? node, string name) => Holders(node, name).SelectMany(holder => holder[name] as JsonArray ?? []).OfType<JsonObject>();

    private static List<JsonObject> Holders(JsonNode? node, string name) => node switch
    {
        JsonObject holder => [.. holder.ContainsKey(name) ? new[] { holder } : [], .. holder.SelectMany(property => Holders(property.Value, name))],
        JsonArray list => [.. list.SelectMany(item => Holders(item, name))],
        _ => [],
    };
}
