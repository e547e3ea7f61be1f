using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Dora;

[JsonConverter(typeof(JsonStringEnumConverter<ReportedKind>))]
public enum ReportedKind { Deployed, IncidentOpened, IncidentResolved, PipelineStarted, PipelineFinished }

/// <summary>What another pipeline said, as the ledger has it.</summary>
/// <param name="Source">With <paramref name="Id"/> the event's identity: the same pair is recorded once.</param>
/// <param name="Type">The sender's own type name.</param>
/// <param name="At">When it happened, by the sender.</param>
/// <param name="Subject">The incident's or the pipeline run's id; the service's, of a deployment.</param>
/// <param name="Content">Digest of the bytes that were sent.</param>
public sealed record ReportedEvent(
    string Source, string Id, string Type, ReportedKind Kind, DateTimeOffset At, string Subject, string? Application, string? Environment, string? Release, Digest Content)
{
    public DateTimeOffset? StartedAt { get; init; }

    public DeploymentOutcome Outcome { get; init; } = DeploymentOutcome.Succeeded;

    public bool IsRollback { get; init; }

    public string? Replaces { get; init; }

    public IReadOnlyList<Change> Changes { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReportedEvent))]
internal sealed partial class ReportedJson : JsonSerializerContext;

/// <summary>Reports to and from their ledger form.</summary>
public static class ReportedEvents
{
    public const string Stream = "reports";
    public const string Type = "delivery.reported/1";

    public static NewEntry ToEntry(ReportedEvent reported, Principal by) =>
        new(Stream, Type, by, JsonSerializer.SerializeToUtf8Bytes(reported, ReportedJson.Default.ReportedEvent));

    /// <returns>Null where the entry is no report.</returns>
    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static ReportedEvent? FromEntry(LedgerEntry entry)
    {
        if (entry.Type != Type) return null;
        try
        {
            return JsonSerializer.Deserialize(entry.Data.Span, ReportedJson.Default.ReportedEvent);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ledger entry {entry.Sequence} ({entry.Type}) cannot be read: {error.Message}", error);
        }
    }
}
