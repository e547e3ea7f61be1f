using System.Globalization;
using System.Text.Json;

namespace Signalbox.Dora;

/// <summary>An event that was refused, in the house voice: what was seen, what was expected.</summary>
public sealed class EventRefusedException(string id, string message) : Exception(message)
{
    /// <summary>kebab-case and stable.</summary>
    public string Id { get; } = id;
}

/// <summary>A CloudEvent (CloudEvents 1.0.2) with JSON data.</summary>
/// <param name="Source">With <paramref name="Id"/> its identity.</param>
/// <param name="Time">UTC.</param>
public sealed record CloudEvent(string Id, string Source, string Type, DateTimeOffset Time, string? Subject, JsonElement Data)
{
    /// <summary>Most bytes of one event. CloudEvents, "Size limits": receivers take at least 64 KiB.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>Most characters of an id, a source or a type.</summary>
    public const int MostText = 256;

    private const string Expected = "a CloudEvent of specversion 1.0 in JSON";

    // one member twice would let two readers of one event see two things
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Structured mode: the attributes and the data are one JSON object (<c>application/cloudevents+json</c>).</summary>
    /// <exception cref="EventRefusedException">It is no such event.</exception>
    public static CloudEvent ReadStructured(ReadOnlyMemory<byte> body)
    {
        var root = Object(body, "the event");
        if (root.TryGetProperty("data_base64", out _)) throw new EventRefusedException("event-malformed", "the event has data_base64; expected data in JSON");
        var data = root.TryGetProperty("data", out var found) ? found : default;
        return Make(name => root.TryGetProperty(name, out var value) ? Text(value, name) : null, data);
    }

    /// <summary>Binary mode: the attributes are <c>ce-</c> headers, the body is the data (CloudEvents HTTP binding, 3.1).</summary>
    /// <param name="header">A header's value by its name, or null.</param>
    /// <inheritdoc cref="ReadStructured"/>
    public static CloudEvent ReadBinary(Func<string, string?> header, ReadOnlyMemory<byte> body) =>
        Make(name => header("ce-" + name) is { Length: <= 4 * MostText } value ? Uri.UnescapeDataString(value) : null, Object(body, "the data"));

    private static CloudEvent Make(Func<string, string?> attribute, JsonElement data)
    {
        if (attribute("specversion") is var version && version != "1.0") throw new EventRefusedException("event-malformed", $"specversion is {Seen(version)}; expected {Expected}");
        if (data.ValueKind != JsonValueKind.Object) throw new EventRefusedException("event-malformed", "the event's data is no JSON object; expected a CDEvent");
        var time = attribute("time");
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) throw new EventRefusedException("event-malformed", $"time is {Seen(time)}; expected a moment such as 2026-01-31T12:00:00Z");
        return new(Required(attribute, "id"), Required(attribute, "source"), Required(attribute, "type"), at.ToUniversalTime(), attribute("subject"), data);
    }

    private static string Required(Func<string, string?> attribute, string name) => attribute(name) is { Length: > 0 and <= MostText } value && !value.Any(char.IsControl)
        ? value
        : throw new EventRefusedException("event-malformed", $"{name} is {Seen(attribute(name))}; expected 1 to {MostText} characters, none a control character");

    private static JsonElement Object(ReadOnlyMemory<byte> body, string what)
    {
        if (body.Length > MostBytes) throw new EventRefusedException("event-too-large", $"{what} has {body.Length} bytes; expected at most {MostBytes}");
        try
        {
            using var document = JsonDocument.Parse(body, s_json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new EventRefusedException("event-malformed", $"{what} is no JSON object; expected {Expected}");
        }
        catch (JsonException e)
        {
            throw new EventRefusedException("event-malformed", $"{what} is not JSON, at line {(e.LineNumber ?? 0) + 1}; expected {Expected}");
        }
    }

    private static string? Text(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new EventRefusedException("event-malformed", $"{name} is no text; expected {Expected}");
        }
        catch (InvalidOperationException)
        {
            throw new EventRefusedException("event-malformed", $"{name} is not valid Unicode");
        }
    }

    internal static string Seen(string? value) => value is null ? "missing" : $"'{string.Concat(value.Take(80).Select(c => char.IsControl(c) ? ' ' : c))}'";
}
