using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Fuzz;

/// <summary>JSON that stays JSON, with one value changed: what a reader's own code must withstand, not its parser.</summary>
internal static class JsonDamage
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null where the bytes are no JSON with anything in it.</returns>
    public static byte[]? Of(byte[] bytes, Random random)
    {
        try
        {
            if (JsonNode.Parse(bytes) is not { } root) return null;
            var places = new List<(JsonNode Parent, object Key)>();
            Collect(root, places);
            if (places.Count == 0) return null;
            Change(places, random);
            return Encoding.UTF8.GetBytes(root.ToJsonString(s_plain));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Change(List<(JsonNode Parent, object Key)> places, Random random)
    {
        var (parent, key) = places[random.Next(places.Count)];
        var old = parent is JsonObject holder ? holder[(string)key] : ((JsonArray)parent)[(int)key];
        if (random.Next(6) == 0) Remove(parent, key);
        else if (random.Next(6) == 0) Double(parent, key, old);
        else Set(parent, key, random.Next(3) == 0 ? Borrowed(places, random) : Other(old, random));
    }

    private static JsonNode? Borrowed(List<(JsonNode Parent, object Key)> places, Random random)
    {
        var (parent, key) = places[random.Next(places.Count)];
        return (parent is JsonObject holder ? holder[(string)key] : ((JsonArray)parent)[(int)key])?.DeepClone();
    }

    private static JsonNode? Other(JsonNode? old, Random random)
    {
        if (old is JsonValue value && value.TryGetValue<string>(out var text) && random.Next(2) == 0) return JsonValue.Create(OtherText(text, random));
        return random.Next(9) switch
        {
            0 => null,
            1 => new JsonObject(),
            2 => new JsonArray(),
            3 => JsonValue.Create(""),
            4 => JsonValue.Create(-1),
            5 => JsonNode.Parse("1e400"),
            6 => JsonValue.Create(true),
            7 => JsonNode.Parse("[{\"a\":[[]]},null,\"x\",7]"),
            _ => JsonValue.Create(new string('x', 9000)),
        };
    }

    /// <summary>What is within base64, or within JSON in a text, is damaged in its own structure and wrapped again.</summary>
    private static string OtherText(string text, Random random)
    {
        var buffer = new byte[text.Length];
        if (text.Length >= 8 && Convert.TryFromBase64String(text, buffer, out var length))
        {
            var inner = buffer[..length];
            return Convert.ToBase64String(JsonDamage.Of(inner, random) ?? DerDamage.Of(inner, random) ?? FuzzDamage.Flip(inner, random));
        }
        if (text.StartsWith('{') && Of(Encoding.UTF8.GetBytes(text), random) is { } changed) return Encoding.UTF8.GetString(changed);
        return random.Next(4) switch
        {
            0 => text + text,
            1 => text[..random.Next(text.Length + 1)],
            2 => text.ToUpperInvariant(),
            _ => text.Insert(random.Next(text.Length + 1), ((char)random.Next(1, 0x2fff)).ToString()),
        };
    }

    private static void Remove(JsonNode parent, object key)
    {
        if (parent is JsonObject holder) holder.Remove((string)key);
        else ((JsonArray)parent).RemoveAt((int)key);
    }

    private static void Double(JsonNode parent, object key, JsonNode? old)
    {
        if (parent is JsonArray list) list.Insert((int)key, old?.DeepClone());
        else ((JsonObject)parent)[(string)key + "2"] = old?.DeepClone();
    }

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (parent is JsonObject holder) holder[(string)key] = value;
        else ((JsonArray)parent)[(int)key] = value;
    }

    private static void Collect(JsonNode node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject holder)
            foreach (var (name, value) in holder)
            {
                places.Add((node, name));
                if (value is not null) Collect(value, places);
            }
        else if (node is JsonArray list)
            for (var i = 0; i < list.Count; i++)
            {
                places.Add((node, i));
                if (list[i] is { } value) Collect(value, places);
            }
    }
}
