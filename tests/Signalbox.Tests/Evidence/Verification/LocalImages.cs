using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Image signatures as cosign stores them: annotations of a manifest's layer, in a layout.</summary>
internal static class LocalImages
{
    private const string ImageManifest = """{"schemaVersion":2,"layers":[]}""";

    private static readonly Dictionary<string, byte[]> s_documents = new(StringComparer.Ordinal);

    /// <summary>The digest of the image that every layout here holds.</summary>
    public static string Image { get; } = DigestOf(Encoding.UTF8.GetBytes(ImageManifest));

    public static VerificationPolicy Policy(string image, ExpectedSigner signer) => new() { Artifact = [new("sha256", image[7..])], Signers = [signer] };

    public static byte[] Document(string image, string type = "cosign container image signature") => Encoding.UTF8.GetBytes(
        $$$"""{"critical":{"identity":{"docker-reference":"registry.local/app"},"image":{"docker-manifest-digest":"{{{image}}}"},"type":"{{{type}}}"},"optional":null}""");

    public static ImageSignature Keyless(LocalSigstore instance, byte[] document)
    {
        var key = LocalKey.P256();
        var certificate = instance.Certify(key, LocalSigstore.Workflow, LocalSigstore.GitHubClaims());
        // the same material as a bundle has, in cosign's annotations
        var bundle = JsonNode.Parse(new LocalBundle(instance, key) { Version = "0.1", Certificate = certificate, WithProof = false }.Message(document))!;
        var entry = bundle["verificationMaterial"]!["tlogEntries"]![0]!;
        var log = new JsonObject
        {
            ["SignedEntryTimestamp"] = entry["inclusionPromise"]!["signedEntryTimestamp"]!.GetValue<string>(),
            ["Payload"] = new JsonObject
            {
                ["body"] = entry["canonicalizedBody"]!.GetValue<string>(),
                ["integratedTime"] = Number(entry["integratedTime"]!),
                ["logIndex"] = Number(entry["logIndex"]!),
                ["logID"] = Convert.ToHexStringLower(instance.Rekor.Id),
            },
        };
        return new(document, new Dictionary<string, string>
        {
            ["dev.cosignproject.cosign/signature"] = bundle["messageSignature"]!["signature"]!.GetValue<string>(),
            ["dev.sigstore.cosign/certificate"] = certificate.Pem + "\n",
            ["dev.sigstore.cosign/chain"] = instance.Intermediate.Pem + "\n" + instance.Root.Pem + "\n",
            ["dev.sigstore.cosign/bundle"] = Encoding.UTF8.GetString(LocalBundle.Write(log)),
        });
    }

    public static ImageSignature Keyed(LocalKey key, byte[] document) =>
        new(document, new Dictionary<string, string> { ["dev.cosignproject.cosign/signature"] = Convert.ToBase64String(key.Sign(document)) });

    /// <summary>The manifest that brings a signature.</summary>
    public static byte[] Manifest(ImageSignature signature)
    {
        var digest = DigestOf(signature.Payload);
        lock (s_documents) s_documents[digest] = signature.Payload;
        var annotations = new JsonObject();
        foreach (var (name, value) in signature.Annotations) annotations[name] = value;
        var layer = new JsonObject { ["mediaType"] = ImageSignature.MediaType, ["digest"] = digest, ["annotations"] = annotations };
        return LocalBundle.Write(new() { ["schemaVersion"] = 2, ["layers"] = new JsonArray(layer) });
    }

    /// <summary>Whoever changes a manifest names it by its new digest.</summary>
    public static VerificationResult Verify(byte[] manifest, TrustedRoot root, VerificationPolicy policy, DateTimeOffset now) => Signature(manifest) is { MediaType: ImageSignature.MediaType } signature
        ? new ImageSignature(signature.Content, signature.Annotations).Verify(root, policy, now)
        : new(false, VerificationError.BadBundle, "the layout holds no signature", [], new());

    /// <returns>Null where the layout is refused.</returns>
    public static ImageEvidence? Signature(byte[] manifest)
    {
        var layout = new ImageLayout((path, _) => path == "index.json" ? Index(manifest) : Blob(path, manifest));
        try
        {
            return layout.EvidenceFor(new("sha256", Image[7..])) is [var only] ? only : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] Index(byte[] manifest) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["manifests"] = new JsonArray(
            new JsonObject { ["digest"] = Image, ["annotations"] = new JsonObject { ["kind"] = "dev.cosignproject.cosign/image" } },
            new JsonObject { ["digest"] = DigestOf(manifest), ["annotations"] = new JsonObject { ["kind"] = "dev.cosignproject.cosign/sigs" } }),
    });

    private static byte[]? Blob(string path, byte[] manifest)
    {
        var digest = "sha256:" + path["blobs/sha256/".Length..];
        if (digest == DigestOf(manifest)) return manifest;
        if (digest == Image) return Encoding.UTF8.GetBytes(ImageManifest);
        lock (s_documents) return s_documents.GetValueOrDefault(digest);
    }

    private static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static long Number(JsonNode text) => long.Parse(text.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
}
