using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Signalbox.Ledger;

namespace Signalbox.Api;

/// <summary>JSON that is passed on byte by byte, so that whoever reads the ledger over the API can check its hashes.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new(Encoding.UTF8.GetBytes(document.RootElement.GetRawText()));
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}

/// <param name="Data">The fact, exactly the bytes that were hashed.</param>
public sealed record LedgerEntryView(
    long Sequence, string Stream, string Type, DateTimeOffset At, string Principal, RawJson Data, string PreviousHash, string Hash)
{
    public static LedgerEntryView Of(LedgerEntry entry) => new(
        entry.Sequence, entry.Stream, entry.Type, entry.At, entry.Principal.Name, new(entry.Data), entry.PreviousHash, entry.Hash);
}

/// <param name="Head"><c>SEQUENCE:HASH</c>, as <c>ledger verify --head</c> takes it.</param>
/// <param name="PublicKey">PEM of the key that signs checkpoints.</param>
/// <param name="Checkpoint">The newest signed head; null before the first.</param>
public sealed record LedgerHeadView(string Head, string KeyId, string PublicKey, LedgerCheckpoint? Checkpoint);

/// <param name="Url">Opens the page once and makes a session of it.</param>
public sealed record LoginLink(string Url, DateTimeOffset ExpiresAt);

/// <summary>Answer of <c>/healthz</c>.</summary>
public sealed record Health(string Status);
