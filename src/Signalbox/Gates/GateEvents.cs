using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <param name="Digest">Null for the built-in default.</param>
public sealed record PolicyReference(string Name, Digest? Digest);

/// <summary>A decision as the ledger has it: its inputs by their digests, and what it said.</summary>
/// <param name="Content">The release's <see cref="ReleaseDigest"/>.</param>
/// <param name="Evidence">Ids of all evidence that was looked at.</param>
/// <param name="Inputs">Digest of the inputs, which lie in the content store.</param>
/// <param name="Report">Digest of the report's canonical JSON: what a replay must come to.</param>
public sealed record GateDecided(
    string Release, string Environment, GateVerdict Verdict, DateTimeOffset At, Digest Content, Digest Configuration,
    IReadOnlyList<PolicyReference> Policies, IReadOnlyList<Digest> Evidence, Digest Inputs, Digest Report, IReadOnlyList<GateResult> Results);

/// <summary>Inputs as they are kept: the facts by their digests, and which of them could not be read.</summary>
internal sealed record KeptInputs(
    ReleaseFacts Release, IReadOnlyList<PolicyLayer> Layers, IReadOnlyList<Digest> Listed, IReadOnlyList<EvidenceRecord> Records, IReadOnlyList<Digest> Unreadable,
    IReadOnlyDictionary<string, TimeSpan?> ZoneOffsets, IReadOnlyList<CustomResult> Custom, DateTimeOffset At, ReleasePath? Path = null)
{
    /// <summary>The inputs again, with the facts of the records.</summary>
    public GateInputs With(IReadOnlyList<EvidenceItem> items) => new(Release, Layers, new(Listed, items), ZoneOffsets, Custom, At) { Path = Path };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(PrincipalJsonConverter)])]
[JsonSerializable(typeof(GateReport))]
[JsonSerializable(typeof(GateDecided))]
[JsonSerializable(typeof(KeptInputs))]
internal sealed partial class GateJson : JsonSerializerContext;

internal sealed class PrincipalJsonConverter : JsonConverter<Principal>
{
    public override Principal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? throw new JsonException("a principal has a name"));

    public override void Write(Utf8JsonWriter writer, Principal value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}

/// <summary>Decisions to and from their ledger form.</summary>
public static class GateEvents
{
    public const string DecidedType = "gate.decided/1";

    public static NewEntry ToEntry(TrackKey track, GatheredInputs gathered, GateReport report, Principal by)
    {
        var inputs = gathered.Inputs;
        var decided = new GateDecided(
            report.Release, report.Environment, report.Verdict, report.At, inputs.Release.Content, inputs.Release.ConfigurationDigest,
            [.. inputs.Layers.Select(layer => new PolicyReference(layer.Name, layer.Digest))], inputs.Evidence.Listed, gathered.Digest, DigestOf(report), report.Results);
        return new(track.ToString(), DecidedType, by, JsonSerializer.SerializeToUtf8Bytes(decided, GateJson.Default.GateDecided));
    }

    /// <returns>Null where the entry is no decision.</returns>
    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static GateDecided? FromEntry(LedgerEntry entry)
    {
        if (entry.Type != DecidedType) return null;
        try
        {
            return JsonSerializer.Deserialize(entry.Data.Span, GateJson.Default.GateDecided);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ledger entry {entry.Sequence} ({entry.Type}) cannot be read: {error.Message}", error);
        }
    }

    public static Digest DigestOf(GateReport report) => Digest.Of(CanonicalJson.Of(JsonSerializer.SerializeToNode(report, GateJson.Default.GateReport)));

    /// <summary>The form of inputs that is kept and that their digest is of.</summary>
    internal static byte[] Canonical(GateInputs inputs)
    {
        var kept = new KeptInputs(
            inputs.Release, inputs.Layers, inputs.Evidence.Listed, [.. inputs.Evidence.Items.Select(item => item.Record)],
            [.. inputs.Evidence.Items.Where(item => item.Facts is null).Select(item => item.Record.Id)], inputs.ZoneOffsets, inputs.Custom, inputs.At, inputs.Path);
        return CanonicalJson.Of(JsonSerializer.SerializeToNode(kept, GateJson.Default.KeptInputs));
    }

    internal static KeptInputs? Read(ReadOnlySpan<byte> canonical)
    {
        try
        {
            return JsonSerializer.Deserialize(canonical, GateJson.Default.KeptInputs);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }
}
