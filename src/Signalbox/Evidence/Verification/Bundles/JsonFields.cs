using System.Globalization;
using System.Text.Json;

namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>
/// One JSON object, read strictly: no duplicate keys, no field of an unexpected type, base64 only in its one
/// canonical spelling (standard alphabet, padded, no spare bits), so that two different texts never mean the same.
/// </summary>
internal readonly struct JsonFields
{
    /// <summary>Deeper nesting than any format here needs, far below what a stack bears.</summary>
    private const int DeepestNesting = 64;

    /// <summary>Bundles are kilobytes; one with a large statement may reach some megabytes.</summary>
    internal const int LargestDocument = 64 * 1024 * 1024;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = DeepestNesting };

    private readonly JsonElement _element;
    private readonly string _path;

    private JsonFields(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new MalformedException($"{path} is {Name(element.ValueKind)}; expected an object");
        _element = element;
        _path = path;
    }

    public JsonElement Element => _element;

    /// <summary>Parses a whole document; the caller's <paramref name="what"/> leads every message about it.</summary>
    public static JsonFields Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        if (utf8.Length > LargestDocument) throw new MalformedException($"{what} has {utf8.Length} bytes; the most is {LargestDocument}");
        try
        {
            using var document = JsonDocument.Parse(utf8, s_strict);
            return new(document.RootElement.Clone(), what);
        }
        catch (JsonException e)
        {
            throw new MalformedException($"{what} is not JSON as it should be: {FirstLine(e.Message)}", e);
        }
    }

    public static JsonFields Of(JsonElement element, string path) => new(element, path);

    /// <summary>Refuses fields beyond those named: what is not understood must not be passed over.</summary>
    public JsonFields Only(params ReadOnlySpan<string> known)
    {
        foreach (var property in _element.EnumerateObject())
            if (!known.Contains(property.Name)) throw new MalformedException($"{_path} has a field '{Shown(property.Name)}' that is not understood");
        return this;
    }

    public bool Has(string name) => Find(name) is not null;

    public JsonFields? Object(string name) => Find(name) is { } value ? new JsonFields(value, At(name)) : null;

    public JsonFields RequiredObject(string name) => Object(name) ?? throw Missing(name);

    public string? Text(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw Unexpected(name, value, "a string");
        return GetString(value, name);
    }

    public string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    public byte[]? Bytes(string name) => Text(name) is { } text ? CanonicalBase64.Decode(text, At(name)) : null;

    public byte[] RequiredBytes(string name) => Bytes(name) is { Length: > 0 } bytes ? bytes : throw Missing(name);

    /// <summary>A 64-bit integer, which protobuf's JSON writes as a string; numbers are taken too.</summary>
    public long? Int64(string name)
    {
        if (Find(name) is not { } value) return null;
        var text = value.ValueKind switch
        {
            JsonValueKind.String => GetString(value, name),
            JsonValueKind.Number => value.GetRawText(),
            _ => throw Unexpected(name, value, "a number"),
        };
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : throw new MalformedException($"{At(name)} is '{Shown(text)}'; expected a whole number");
    }

    /// <summary>The elements of a list; none where the field is absent.</summary>
    public IReadOnlyList<JsonElement> List(string name)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Unexpected(name, value, "a list");
        return [.. value.EnumerateArray()];
    }

    public IReadOnlyList<JsonFields> Objects(string name)
    {
        var path = At(name);
        return [.. List(name).Select((element, index) => new JsonFields(element, $"{path}[{index}]"))];
    }

    /// <summary>All members as texts, each looked at once: a look-up by name costs a pass over all of them.</summary>
    /// <param name="most">More members are refused: annotations are few.</param>
    /// <exception cref="MalformedException">There are more, or one is no text.</exception>
    public Dictionary<string, string> Texts(int most = 1000)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in _element.EnumerateObject())
        {
            if (texts.Count == most) throw new MalformedException($"{_path} has more than {most} members");
            texts[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.String => GetString(property.Value, property.Name),
                JsonValueKind.Null => "",
                _ => throw Unexpected(property.Name, property.Value, "a string"),
            };
        }
        return texts;
    }

    public string At(string name) => $"{_path}.{name}";

    public MalformedException Missing(string name) => new($"{At(name)} is missing or empty");

    /// <summary>Only what a message can bear: the file's own words, cut and without control characters.</summary>
    public static string Shown(string text)
    {
        var cut = text.Length > 240 ? text[..240] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }

    // protobuf's JSON takes null for "not set"
    private JsonElement? Find(string name) =>
        _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string GetString(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new MalformedException($"{At(name)} is not well-formed text", e);
        }
    }

    private MalformedException Unexpected(string name, JsonElement value, string expected) =>
        new($"{At(name)} is {Name(value.ValueKind)}; expected {expected}");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static string FirstLine(string message) => Shown(message.Split('.', 2)[0].ToLowerInvariant());
}
