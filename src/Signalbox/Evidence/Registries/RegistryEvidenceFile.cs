using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Images;

namespace Signalbox.Evidence.Registries;

/// <summary>
/// Evidence from a registry as one file, whatever lay in annotations: an attestation in cosign's old form becomes a
/// Sigstore bundle 0.1, a signature in it keeps its form with its annotations beside it.
/// </summary>
public static class RegistryEvidenceFile
{
    /// <exception cref="FormatException">Its annotations are not what they should be.</exception>
    public static byte[] Of(RegistryEvidence evidence) => evidence switch
    {
        { MediaType: ImageSignature.MediaType } => Signature(evidence),
        { MediaType: ImageEvidence.Envelope } when evidence.Annotations.ContainsKey(CosignAnnotations.Certificate) => Guarded(() => Bundle(evidence)),
        _ => evidence.Content,
    };

    /// <summary>A cosign signature out of its file; null where the file is another one.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static ImageSignature? ReadSignature(ReadOnlyMemory<byte> file) => Guarded(() =>
    {
        var fields = JsonFields.Parse(file, "the signature");
        if (fields.Text("mediaType") != ImageSignature.MediaType) return null;
        fields.Only("mediaType", "payload", "annotations");
        return new ImageSignature(fields.RequiredBytes("payload"), fields.RequiredObject("annotations").Texts());
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
                ["certificates"] = new JsonArray([.. CosignAnnotations.Certificates(evidence.Annotations).Select(der => new JsonObject { ["rawBytes"] = Convert.ToBase64String(der) })]),
            },
            ["tlogEntries"] = new JsonArray([.. CosignAnnotations.LogEntry(evidence.Annotations) is { } entry ? new[] { Entry(entry) } : []]),
        },
        ["dsseEnvelope"] = JsonNode.Parse(evidence.Content),
    });

    private static JsonObject Entry(LogEntry entry) => new()
    {
        ["logIndex"] = Number(entry.Index),
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(entry.LogId) },
        ["kindVersion"] = new JsonObject { ["kind"] = entry.Kind, ["version"] = entry.KindVersion },
        ["integratedTime"] = Number(entry.IntegratedAt),
        ["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(entry.Promise!) },
        ["canonicalizedBody"] = Convert.ToBase64String(entry.Body),
    };

    private static string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

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
