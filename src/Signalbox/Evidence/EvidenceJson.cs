using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Delivery;

namespace Signalbox.Evidence;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EvidenceFacts))]
[JsonSerializable(typeof(EvidenceAdded))]
[JsonSerializable(typeof(EvidenceWithdrawn))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

/// <summary>Facts to and from the form that their digest is of.</summary>
public static class EvidenceFactsText
{
    /// <summary>Most bytes of one report's facts: 100,000 findings stay under it.</summary>
    public const int Most = 64 << 20;

    public static byte[] Canonical(EvidenceFacts facts) =>
        CanonicalJson.Of(JsonSerializer.SerializeToNode(facts, EvidenceJson.Default.EvidenceFacts));

    /// <returns>Null where the bytes are no facts, or facts of a newer version.</returns>
    public static EvidenceFacts? TryRead(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, EvidenceJson.Default.EvidenceFacts);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
