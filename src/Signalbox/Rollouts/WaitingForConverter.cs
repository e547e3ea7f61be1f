using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Rollouts;

/// <summary>
/// What a rollout waits for as the ledger has it. Early <c>rollout.paused/1</c> and <c>rollout.halted/1</c> hold a text for
/// people instead of a name, and a newer version may know names that this one does not: both are read as the nearest.
/// </summary>
internal sealed class WaitingForConverter : JsonConverter<WaitingFor>
{
    public override WaitingFor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()!) : throw new JsonException($"waitingFor is a {reader.TokenType}; expected a string");

    public override void Write(Utf8JsonWriter writer, WaitingFor value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    private static WaitingFor Parse(string text)
    {
        if (Enum.TryParse(text, ignoreCase: true, out WaitingFor named) && Enum.IsDefined(named)) return named;
        if (text.Contains("evidence", StringComparison.Ordinal)) return WaitingFor.Evidence;
        if (text.Contains("stable", StringComparison.Ordinal)) return WaitingFor.StableReady;
        // a person's word lets both a pause and a halt go on, so nothing goes on by itself for want of a name
        return text.Contains("advance", StringComparison.Ordinal) ? WaitingFor.Advance : WaitingFor.Resume;
    }
}
