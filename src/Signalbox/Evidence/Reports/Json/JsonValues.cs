using System.Globalization;
using System.Text.Json;

namespace Signalbox.Evidence.Reports.Json;

/// <summary>Reads a value that may not be there, or may be of another kind, as nothing.</summary>
internal static class JsonValues
{
    public static JsonElement At(this JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) ? found : default;

    /// <returns>The string, or the number as it is written; null for anything else and for the empty string.</returns>
    public static string? Text(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    public static string? Text(this JsonElement value, ReadOnlySpan<byte> name) => value.At(name).Text();

    public static JsonElement.ArrayEnumerator Items(this JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;

    public static JsonElement.ArrayEnumerator Items(this JsonElement value, ReadOnlySpan<byte> name) => value.At(name).Items();

    public static JsonElement.ObjectEnumerator Members(this JsonElement value) => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default;

    /// <returns>The texts of an array, or the one text that stands instead of an array.</returns>
    public static IEnumerable<string> Texts(this JsonElement value)
    {
        if (value.Text() is { } one) return [one];
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(v => v.Text()).OfType<string>() : [];
    }

    public static IEnumerable<string> Texts(this JsonElement value, ReadOnlySpan<byte> name) => value.At(name).Texts();

    public static bool IsTrue(this JsonElement value, ReadOnlySpan<byte> name) => value.At(name).ValueKind == JsonValueKind.True;

    /// <returns>A whole number, also one in a string; null for anything else.</returns>
    public static int? Whole(this JsonElement value, ReadOnlySpan<byte> name) => value.At(name).Whole();

    /// <inheritdoc cref="Whole(JsonElement, ReadOnlySpan{byte})"/>
    public static int? Whole(this JsonElement value) =>
        int.TryParse(value.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static double? Number(this JsonElement value, ReadOnlySpan<byte> name) => Values.Number(value.Text(name));

    public static DateTimeOffset? Time(this JsonElement value, ReadOnlySpan<byte> name) => Values.Time(value.Text(name));
}
