using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Cli.Example;

/// <summary>What <c>app.json</c> says.</summary>
/// <param name="FailPercent">Share of requests answered with 500, 0 to 100.</param>
/// <param name="LatencyMs">Added to every request, in milliseconds.</param>
/// <param name="HangPercent">Share of requests that get no answer for two minutes.</param>
internal sealed record ExampleBehaviour(string Version, double FailPercent = 0, int LatencyMs = 0, double HangPercent = 0)
{
    /// <returns>A well-behaved "v0" where there is no such file.</returns>
    public static ExampleBehaviour Read(string path) => File.Exists(path)
        ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ExampleJson.Default.ExampleBehaviour) ?? new("v0")
        : new("v0");

    public void Write(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, ExampleJson.Default.ExampleBehaviour));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ExampleBehaviour))]
internal sealed partial class ExampleJson : JsonSerializerContext;
