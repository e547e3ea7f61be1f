using System.Text.Json;
using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence.Signing;

/// <summary>Writes in-toto statements of version 1: what is claimed about which digests.</summary>
public static class StatementWriter
{
    private static readonly JsonWriterOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, string> s_shortNames = new(StringComparer.Ordinal)
    {
        ["slsaprovenance"] = "https://slsa.dev/provenance/v1",
        ["vsa"] = "https://slsa.dev/verification_summary/v1",
        ["spdx"] = "https://spdx.dev/Document/v2.3",
        ["cyclonedx"] = "https://cyclonedx.org/bom",
        ["vuln"] = "https://in-toto.io/attestation/vulns/v0.2",
        ["test-result"] = "https://in-toto.io/attestation/test-result/v0.1",
        ["release"] = "https://in-toto.io/attestation/release/v0.1",
        ["openvex"] = "https://openvex.dev/ns/v0.2.0",
    };

    /// <summary>Names that stand for a predicate's address.</summary>
    public static IEnumerable<string> ShortNames => s_shortNames.Keys;

    /// <returns>Null where it is neither an address nor a short name.</returns>
    public static string? PredicateType(string name) =>
        s_shortNames.TryGetValue(name, out var uri) ? uri : name.Contains("://", StringComparison.Ordinal) ? name : null;

    /// <param name="predicate">A JSON value, taken over byte for byte.</param>
    /// <exception cref="FormatException">The predicate is not JSON.</exception>
    public static byte[] Write(IReadOnlyList<(string Name, ArtifactDigest Digest)> subjects, string predicateType, ReadOnlyMemory<byte> predicate)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_plain))
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            foreach (var (name, digest) in subjects) WriteSubject(json, name, digest);
            json.WriteEndArray();
            json.WriteString("predicateType", predicateType);
            json.WritePropertyName("predicate");
            WritePredicate(json, predicate);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WriteSubject(Utf8JsonWriter json, string name, ArtifactDigest digest)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartObject("digest");
        json.WriteString(digest.Algorithm, digest.Hex);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePredicate(Utf8JsonWriter json, ReadOnlyMemory<byte> predicate)
    {
        try
        {
            json.WriteRawValue(predicate.Span);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException("the predicate is not JSON", e);
        }
    }
}
