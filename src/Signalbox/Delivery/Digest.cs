using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Signalbox.Delivery;

/// <summary>A content digest, always <c>sha256:</c> and 64 lower-case hex digits (OCI image-spec, "Digests").</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest
{
    private readonly string? _value;

    private Digest(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>The first 12 hex digits, for people.</summary>
    public string Short => Value.Length >= 19 ? Value[7..19] : Value;

    public string Hex => Value.Length > 7 ? Value[7..] : "";

    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <param name="hash">32 bytes of SHA-256.</param>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length == 32
        ? new("sha256:" + Convert.ToHexStringLower(hash))
        : throw new ArgumentException($"a SHA-256 hash has 32 bytes, not {hash.Length}", nameof(hash));

    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: 71 } || !text.StartsWith("sha256:", StringComparison.Ordinal)) return false;
        foreach (var c in text.AsSpan(7))
            if (!char.IsAsciiHexDigitLower(c) && !char.IsAsciiDigit(c)) return false;
        digest = new(text);
        return true;
    }

    public static Digest Parse(string text) => TryParse(text, out var digest)
        ? digest
        : throw new FormatException($"'{text}' is not a digest; expected sha256: and 64 lower-case hex digits");

    public override string ToString() => Value;
}

/// <summary>Public so that the JSON contexts of other projects can be generated.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out var digest) ? digest : throw new JsonException("not a sha256 digest");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
