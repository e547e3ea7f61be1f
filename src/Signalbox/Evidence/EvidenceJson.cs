using System.Buffers;
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

    /// <summary>
    /// Facts are what a report says, once more: at most so many bytes for each of its own, and a few beside. What says more was made
    /// to be small to hand in and large to keep.
    /// </summary>
    internal const int MostRepeated = 16, MostBeside = 1 << 20;

    /// <param name="content">Bytes of the content that they were read from.</param>
    internal static int MostFor(long content) => (int)Math.Min(Most, (MostRepeated * content) + MostBeside);

    public static byte[] Canonical(EvidenceFacts facts) => TryCanonical(facts, int.MaxValue)!;

    /// <returns>Null where they have more than <paramref name="most"/> bytes; not much more than these are made then.</returns>
    internal static byte[]? TryCanonical(EvidenceFacts facts, int most)
    {
        var bounded = new BoundedBuffer(most);
        try
        {
            using (var writer = new Utf8JsonWriter(bounded)) JsonSerializer.Serialize(writer, facts, EvidenceJson.Default.EvidenceFacts);
        }
        catch (BufferFullException)
        {
            return null;
        }
        using var document = JsonDocument.Parse(bounded.Written);
        var canonical = CanonicalJson.Of(document.RootElement);
        return canonical.Length > most ? null : canonical;
    }

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

/// <summary>A buffer that gives no more room once it has more than so many bytes: a text past them at most.</summary>
internal sealed class BoundedBuffer(int most) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _inner = new();

    public ReadOnlyMemory<byte> Written => _inner.WrittenMemory;

    public void Advance(int count) => _inner.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => HasRoom ? _inner.GetMemory(sizeHint) : throw new BufferFullException();

    public Span<byte> GetSpan(int sizeHint = 0) => HasRoom ? _inner.GetSpan(sizeHint) : throw new BufferFullException();

    private bool HasRoom => _inner.WrittenCount <= most;
}

/// <summary>More was to be written than a <see cref="BoundedBuffer"/> takes.</summary>
internal sealed class BufferFullException() : Exception("more was to be written than is taken");
