using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Delivery;

/// <summary>The digest of all that an environment configures: two that would run alike have the same one.</summary>
public static class ConfigurationDigest
{
    /// <summary>SHA-256 of <see cref="Canonical"/>.</summary>
    public static Digest Of(EnvironmentConfiguration configuration) => Digest.Of(Canonical(configuration));

    /// <summary>JSON in UTF-8 without white space, keys sorted by their UTF-16 units as in RFC 8785, nulls left out.</summary>
    public static byte[] Canonical(EnvironmentConfiguration configuration) =>
        CanonicalJson.Of(JsonSerializer.SerializeToNode(configuration, DeliveryJson.Default.EnvironmentConfiguration));
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
