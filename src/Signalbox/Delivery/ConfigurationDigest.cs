using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Signalbox.Delivery;

/// <summary>The digest of all that an environment configures: two that would run alike have the same one.</summary>
public static class ConfigurationDigest
{
    /// <summary>SHA-256 of <see cref="Canonical"/>.</summary>
    public static Digest Of(EnvironmentConfiguration configuration) => Digest.Of(Canonical(configuration));

    /// <summary>JSON in UTF-8 without white space, keys sorted by their UTF-16 units as in RFC 8785, nulls left out.</summary>
    public static byte[] Canonical(EnvironmentConfiguration configuration)
    {
        var node = JsonSerializer.SerializeToNode(configuration, DeliveryJson.Default.EnvironmentConfiguration);
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, node);
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(key);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list) Write(writer, item);
                writer.WriteEndArray();
                break;
            case null: writer.WriteNullValue(); break;
            default: node.WriteTo(writer); break;
        }
    }
}

/// <summary>Applications and their configuration as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EnvironmentConfiguration))]
[JsonSerializable(typeof(Application))]
[JsonSerializable(typeof(IReadOnlyList<Application>))]
public sealed partial class DeliveryJson : JsonSerializerContext;
