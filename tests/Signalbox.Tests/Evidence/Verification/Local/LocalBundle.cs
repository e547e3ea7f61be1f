using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Evidence.Verification.Local;

internal enum EntryKind { None, HashedRekord, Dsse, InToto, HashedRekord2, Dsse2 }

/// <summary>Makes bundles of every kind that is verified.</summary>
internal sealed record LocalBundle(LocalSigstore Instance, LocalKey Key)
{
    public string Version { get; init; } = "0.3";

    public EntryKind Entry { get; init; } = EntryKind.HashedRekord;

    public LocalCertificate? Certificate { get; init; }

    public bool WithTimestamp { get; init; }

    public bool WithPromise { get; init; } = true;

    public bool WithProof { get; init; } = true;

    /// <summary>Whether the timestamp brings its signer's certificate along.</summary>
    public bool WithTimestampCertificate { get; init; }

    public string? Cosignatures { get; init; }

    public string KeyHint { get; init; } = "the local key";

    public byte[] Message(byte[] artifact, HashAlgorithmName? hash = null)
    {
        var algorithm = hash ?? HashAlgorithmName.SHA256;
        var digest = CryptographicOperations.HashData(algorithm, artifact);
        var signature = Key.Sign(artifact);
        var content = new JsonObject
        {
            ["messageDigest"] = new JsonObject { ["algorithm"] = algorithm.Name!.Replace("SHA", "SHA2_", StringComparison.Ordinal), ["digest"] = Convert.ToBase64String(digest) },
            ["signature"] = Convert.ToBase64String(signature),
        };
        return Assemble("messageSignature", content, signature, () => Entry == EntryKind.HashedRekord ? HashedRekord(algorithm, digest, signature) : HashedRekord2(algorithm, digest, signature));
    }

    public byte[] Envelope(byte[] payload, string type = "application/vnd.in-toto+json", string keyId = "")
    {
        var signed = PreAuthenticationEncoding(type, payload);
        var signature = Key.Sign(signed);
        var content = new JsonObject
        {
            ["payload"] = Convert.ToBase64String(payload),
            ["payloadType"] = type,
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(signature), ["keyid"] = keyId }),
        };
        return Assemble("dsseEnvelope", content, signature, () => Entry switch
        {
            EntryKind.Dsse => Dsse(payload, signature),
            EntryKind.InToto => InToto(type, payload, signature),
            EntryKind.Dsse2 => Dsse2(payload, signature),
            _ => HashedRekord2(HashAlgorithmName.SHA256, SHA256.HashData(signed), signature),
        });
    }

    public static byte[] PreAuthenticationEncoding(string type, byte[] payload) =>
        [.. Encoding.UTF8.GetBytes($"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} "), .. payload];

    private byte[] Assemble(string field, JsonObject content, byte[] signature, Func<JsonObject> body)
    {
        var material = new JsonObject();
        if (Certificate is null) material["publicKey"] = new JsonObject { ["hint"] = KeyHint };
        else if (Version == "0.3") material["certificate"] = LocalSigstore.Raw(Certificate.Der);
        else material["x509CertificateChain"] = new JsonObject { ["certificates"] = new JsonArray(LocalSigstore.Raw(Certificate.Der)) };
        if (Entry != EntryKind.None) material["tlogEntries"] = new JsonArray(AddEntry(body()));
        if (WithTimestamp)
        {
            var stamp = Instance.Timestamps.Stamp(signature, LocalSigstore.SignedAt, WithTimestampCertificate);
            material["timestampVerificationData"] = new JsonObject { ["rfc3161Timestamps"] = new JsonArray(new JsonObject { ["signedTimestamp"] = Convert.ToBase64String(stamp) }) };
        }
        var mediaType = Version == "0.3" ? "application/vnd.dev.sigstore.bundle.v0.3+json" : $"application/vnd.dev.sigstore.bundle+json;version={Version}";
        return Write(new JsonObject { ["mediaType"] = mediaType, ["verificationMaterial"] = material, [field] = content });
    }

    /// <summary>As real bundles are written: base64 without escapes.</summary>
    public static byte[] Write(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(s_plain));

    private static readonly System.Text.Json.JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private JsonObject AddEntry(JsonObject body)
    {
        var log = Entry is EntryKind.HashedRekord2 or EntryKind.Dsse2 ? Instance.Rekor2 : Instance.Rekor;
        return log.Add(body["kind"]!.GetValue<string>(), body["apiVersion"]!.GetValue<string>(), body, LocalSigstore.SignedAt, WithPromise, WithProof, Cosignatures);
    }

    private string SignerPem => Convert.ToBase64String(Encoding.UTF8.GetBytes((Certificate?.Pem ?? Key.Pem) + "\n"));

    private JsonObject HashedRekord(HashAlgorithmName algorithm, byte[] digest, byte[] signature) => Body("hashedrekord", "0.0.1", new JsonObject
    {
        ["data"] = new JsonObject { ["hash"] = Hash(algorithm.Name!.ToLowerInvariant(), digest) },
        ["signature"] = new JsonObject { ["content"] = Convert.ToBase64String(signature), ["publicKey"] = new JsonObject { ["content"] = SignerPem } },
    });

    private JsonObject Dsse(byte[] payload, byte[] signature) => Body("dsse", "0.0.1", new JsonObject
    {
        ["envelopeHash"] = Hash("sha256", SHA256.HashData(payload)),
        ["payloadHash"] = Hash("sha256", SHA256.HashData(payload)),
        ["signatures"] = new JsonArray(new JsonObject { ["signature"] = Convert.ToBase64String(signature), ["verifier"] = SignerPem }),
    });

    private JsonObject InToto(string type, byte[] payload, byte[] signature) => Body("intoto", "0.0.2", new JsonObject
    {
        ["content"] = new JsonObject
        {
            ["envelope"] = new JsonObject
            {
                ["payloadType"] = type,
                ["signatures"] = new JsonArray(new JsonObject { ["publicKey"] = SignerPem, ["sig"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(signature))) }),
            },
            ["hash"] = Hash("sha256", SHA256.HashData(payload)),
            ["payloadHash"] = Hash("sha256", SHA256.HashData(payload)),
        },
    });

    private JsonObject HashedRekord2(HashAlgorithmName algorithm, byte[] digest, byte[] signature) => Body("hashedrekord", "0.0.2", new JsonObject
    {
        ["hashedRekordV002"] = new JsonObject
        {
            ["data"] = new JsonObject { ["algorithm"] = algorithm.Name!.Replace("SHA", "SHA2_", StringComparison.Ordinal), ["digest"] = Convert.ToBase64String(digest) },
            ["signature"] = new JsonObject { ["content"] = Convert.ToBase64String(signature), ["verifier"] = Verifier() },
        },
    });

    private JsonObject Dsse2(byte[] payload, byte[] signature) => Body("dsse", "0.0.2", new JsonObject
    {
        ["dsseV002"] = new JsonObject
        {
            ["payloadHash"] = new JsonObject { ["algorithm"] = "SHA2_256", ["digest"] = Convert.ToBase64String(SHA256.HashData(payload)) },
            ["signatures"] = new JsonArray(new JsonObject { ["content"] = Convert.ToBase64String(signature), ["verifier"] = Verifier() }),
        },
    });

    private JsonObject Verifier() => Certificate is { } certificate
        ? new() { ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256", ["x509Certificate"] = LocalSigstore.Raw(certificate.Der) }
        : new() { ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256", ["publicKey"] = LocalSigstore.Raw(Key.Spki) };

    private static JsonObject Hash(string algorithm, byte[] digest) => new() { ["algorithm"] = algorithm, ["value"] = Convert.ToHexStringLower(digest) };

    private static JsonObject Body(string kind, string version, JsonObject spec) => new() { ["apiVersion"] = version, ["kind"] = kind, ["spec"] = spec };
}
