using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>
/// 128 bits of SHA-256 over a value in one form, so that equal values (JSON Schema: whatever the order of their keys) are
/// found without keeping them.
/// </summary>
internal static class JsonDigest
{
    public static Int128 Of(JsonElement value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) Write(value, writer);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return BitConverter.ToInt128(hash);
    }

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                writer.WritePropertyName(property.Name);
                Write(property.Value, writer);
            }
            writer.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray()) Write(item, writer);
            writer.WriteEndArray();
        }
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) writer.WriteNumberValue(number);
        else value.WriteTo(writer);
    }
}
