using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Ledger;
using Signalbox.Notifications;

namespace Signalbox.Server.Notifying;

/// <param name="Text">notify.yaml as it was sent; it holds references, no secrets.</param>
internal sealed record NotifySet(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotifySet))]
[JsonSerializable(typeof(SinkCursor))]
internal sealed partial class NotifyJson : JsonSerializerContext;

/// <summary>The settings in force, as the ledger has them.</summary>
/// <param name="SetAt">The ledger sequence of the entry that set them.</param>
/// <param name="Since">Per sink, the ledger sequence from which on it has been there without a break.</param>
internal sealed record NotifyState(string Text, NotifySettings Settings, long SetAt, IReadOnlyDictionary<string, long> Since)
{
    public const string Stream = "notifications", SetType = "notify.set/1";

    public static NotifyState None { get; } = new("", NotifySettings.None, 0, new Dictionary<string, long>());

    public static NewEntry ToEntry(string text, Principal by) => new(Stream, SetType, by, JsonSerializer.SerializeToUtf8Bytes(new(text), NotifyJson.Default.NotifySet));

    /// <summary>The state after an entry: itself where the entry sets nothing.</summary>
    public NotifyState After(LedgerEntry entry)
    {
        if (entry.Type != SetType || JsonSerializer.Deserialize(entry.Data.Span, NotifyJson.Default.NotifySet) is not { } set) return this;
        // a newer Signalbox may have written what this one cannot read: then nobody is told, rather than the wrong people
        var settings = NotifyReader.Read(Encoding.UTF8.GetBytes(set.Text), "notify.yaml").Settings ?? NotifySettings.None;
        return new(set.Text, settings, entry.Sequence, settings.Sinks.ToDictionary(sink => sink.Name, sink => Since.GetValueOrDefault(sink.Name, entry.Sequence), StringComparer.Ordinal));
    }
}
