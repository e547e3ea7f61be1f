using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Delivery;

namespace Signalbox.Evidence;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true)]
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
            return JsonSerializer.Deserialize(utf8, EvidenceJson.Default.EvidenceFacts) is { } facts && IsWhole(facts) ? facts : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is left out of the JSON is null, whatever its type says.</summary>
    private static bool IsWhole(EvidenceFacts facts) => facts.Names is not null && facts switch
    {
        SignatureFact signature => signature.Form is not null,
        ProvenanceFact provenance => provenance is { Builder: not null, BuildType: not null, Unknown: not null },
        SbomFact sbom => sbom is { Format: not null, SpecVersion: not null, Missing: not null },
        ScanFact scan => scan is { Tool: not null, Covers: not null, Findings: not null } && scan.Findings.All(finding => finding is { Ids: not null, Packages: not null, FixedVersions: not null }),
        VexFact vex => vex.Statements is not null && vex.Statements.All(statement => statement is { Vulnerabilities: not null, Products: not null } && statement.Products.All(product => product is { Name: not null, Subcomponents: not null })),
        AlertsFact alerts => alerts.WithoutAction is not null,
        ApprovalFact approval => approval is { Application: not null, Environment: not null },
        OverrideFact given => given is { Gate: not null, Application: not null, Environment: not null, Reason: not null },
        _ => true,
    };
}
