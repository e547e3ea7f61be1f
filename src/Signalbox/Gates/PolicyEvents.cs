using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Delivery.Policies;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <param name="Text">The file, byte by byte as UTF-8.</param>
/// <param name="Changes">What it changes, for people.</param>
/// <param name="ProposedBy">Who proposed a weakening that the entry's principal approved.</param>
/// <param name="NobodyElse">A weakening that was not approved, because there was nobody to ask.</param>
internal sealed record PolicySet(string Scope, string Text, IReadOnlyList<PolicyChange> Changes, string? ProposedBy, bool NobodyElse);

internal sealed record PolicyProposed(string Scope, string Text, IReadOnlyList<PolicyChange> Changes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicySet))]
[JsonSerializable(typeof(PolicyProposed))]
internal sealed partial class PolicyJson : JsonSerializerContext;

/// <summary>Policies to and from their ledger form.</summary>
internal static class PolicyEvents
{
    public const string Stream = "policies";
    public const string SetType = "policy.set/1";
    public const string ProposedType = "policy.proposed/1";

    public static NewEntry ToEntry(PolicySet set, Principal by) => new(Stream, SetType, by, JsonSerializer.SerializeToUtf8Bytes(set, PolicyJson.Default.PolicySet));

    public static NewEntry ToEntry(PolicyProposed proposed, Principal by) =>
        new(Stream, ProposedType, by, JsonSerializer.SerializeToUtf8Bytes(proposed, PolicyJson.Default.PolicyProposed));

    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static PolicySet? SetFrom(LedgerEntry entry) => entry.Type == SetType ? Read(entry, PolicyJson.Default.PolicySet) : null;

    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static PolicyProposed? ProposedFrom(LedgerEntry entry) => entry.Type == ProposedType ? Read(entry, PolicyJson.Default.PolicyProposed) : null;

    private static T Read<T>(LedgerEntry entry, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Data.Span, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ledger entry {entry.Sequence} ({entry.Type}) cannot be read: {error.Message}", error);
        }
    }
}
