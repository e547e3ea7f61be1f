using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Evidence;

/// <summary>A record without what the ledger's envelope says: who and when.</summary>
internal sealed record EvidenceAdded(
    Digest Id, EvidenceKind Kind, Digest Subject, EvidenceSource Source, EvidenceContent Content,
    EvidenceVerification Verification, Digest Facts, string Summary, IReadOnlyList<Digest> AlsoOf, IReadOnlyList<string>? AlsoBy = null, string? For = null, long? FactsSize = null);

internal sealed record EvidenceWithdrawn(Digest Id, string Reason);

/// <summary>Evidence to and from its ledger form.</summary>
public static class EvidenceEvents
{
    public const string Stream = "evidence";
    public const string AddedType = "evidence.added/1";
    public const string WithdrawnType = "evidence.withdrawn/1";

    internal static NewEntry Added(EvidenceAdded added, Principal by) =>
        new(Stream, AddedType, by, JsonSerializer.SerializeToUtf8Bytes(added, EvidenceJson.Default.EvidenceAdded));

    public static NewEntry Withdrawn(Digest id, string reason, Principal by) =>
        new(Stream, WithdrawnType, by, JsonSerializer.SerializeToUtf8Bytes(new(id, reason), EvidenceJson.Default.EvidenceWithdrawn));

    /// <returns>Null where the entry adds no evidence.</returns>
    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static EvidenceRecord? RecordFrom(LedgerEntry entry)
    {
        if (entry.Type != AddedType) return null;
        var added = Read(entry, () => JsonSerializer.Deserialize(entry.Data.Span, EvidenceJson.Default.EvidenceAdded));
        return new(added.Id, added.Kind, added.Subject, entry.Principal, entry.At, added.Source, added.Content,
            added.Verification, added.Facts, added.Summary, entry.Sequence, added.AlsoOf)
        { AlsoBy = added.AlsoBy, For = added.For, FactsSize = added.FactsSize };
    }

    internal static EvidenceWithdrawn? WithdrawnFrom(LedgerEntry entry) => entry.Type == WithdrawnType
        ? Read(entry, () => JsonSerializer.Deserialize(entry.Data.Span, EvidenceJson.Default.EvidenceWithdrawn))
        : null;

    private static T Read<T>(LedgerEntry entry, Func<T?> read) where T : class
    {
        try
        {
            return read() ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ledger entry {entry.Sequence} ({entry.Type}) cannot be read: {error.Message}", error);
        }
    }
}
