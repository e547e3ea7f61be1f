using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Registries;

/// <summary>
/// Evidence from a registry as one file, whatever lay in annotations: an attestation in cosign's old form becomes a
/// Sigstore bundle 0.1, a signature in it keeps its form with its annotations beside it.
/// </summary>
public static class RegistryEvidenceFile
{
    private const string Certificate = "dev.sigstore.cosign/certificate", Chain = "dev.sigstore.cosign/chain", LogEntry = "dev.sigstore.cosign/bundle";

    /// <exception cref="FormatException">Its annotations are not what they should be.</exception>
    public static byte[] Of(RegistryEvidence evidence) => evidence switch
    {
        { MediaType: ImageSignature.MediaType } => Signature(evidence),
        { MediaType: ImageEvidence.Envelope } when evidence.Annotations.ContainsKey(Certificate) => Guarded(() => Bundle(evidence)),
        _ => evidence.Content,
    };

    /// <summary>A cosign signature out of its file; null where the file is another one.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static ImageSignature? ReadSignature(ReadOnlyMemory<byte> file) => Guarded(() =>
    {
        var fields = JsonFields.Parse(file, "the signature");
        if (fields.Text("mediaType") != ImageSignature.MediaType) return null;
        fields.Only("mediaType", "payload", "annotations");
        var annotations = fields.RequiredObject("annotations");
        return new ImageSignature(fields.RequiredBytes("payload"), annotations.Element.EnumerateObject().ToDictionary(property => property.Name, property => annotations.Text(property.Name) ?? "", StringComparer.Ordinal));
    });

    private static byte[] Signature(RegistryEvidence evidence) => CanonicalJson.Of(new JsonObject
    {
        ["mediaType"] = ImageSignature.MediaType,
        ["payload"] = Convert.ToBase64String(evidence.Content),
        ["annotations"] = new JsonObject(evidence.Annotations.Select(annotation => KeyValuePair.Create(annotation.Key, (JsonNode?)annotation.Value))),
    });

    private static byte[] Bundle(RegistryEvidence evidence) => CanonicalJson.Of(new JsonObject
    {
        ["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1",
        ["verificationMaterial"] = new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([.. Pem(evidence, Certificate).Concat(Pem(evidence, Chain)).Select(der => new JsonObject { ["rawBytes"] = Convert.ToBase64String(der) })]),
            },
            ["tlogEntries"] = new JsonArray([.. evidence.Annotations.TryGetValue(LogEntry, out var entry) ? new[] { Entry(entry) } : []]),
        },
        ["dsseEnvelope"] = JsonNode.Parse(evidence.Content),
    });

    private static IEnumerable<byte[]> Pem(RegistryEvidence evidence, string name) => evidence.Annotations.TryGetValue(name, out var pem) && pem.Length > 0
        ? PemBlock.ReadAll(pem, $"the annotation {name}").Select(block => block.Der)
        : [];

    private static JsonObject Entry(string text)
    {
        var bundle = JsonFields.Parse(System.Text.Encoding.UTF8.GetBytes(text), "the log annotation");
        var payload = bundle.RequiredObject("Payload");
        var body = payload.RequiredBytes("body");
        var logged = JsonFields.Parse(body, "the log entry");
        return new()
        {
            ["logIndex"] = Number(payload, "logIndex"),
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(Convert.FromHexString(payload.RequiredText("logID"))) },
            ["kindVersion"] = new JsonObject { ["kind"] = logged.RequiredText("kind"), ["version"] = logged.RequiredText("apiVersion") },
            ["integratedTime"] = Number(payload, "integratedTime"),
            ["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = bundle.RequiredText("SignedEntryTimestamp") },
            ["canonicalizedBody"] = Convert.ToBase64String(body),
        };
    }

    private static string Number(JsonFields payload, string name) => (payload.Int64(name) ?? throw payload.Missing(name)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is MalformedException or JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
