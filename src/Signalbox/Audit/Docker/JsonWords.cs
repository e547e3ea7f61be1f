using System.Text.Json;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>The exec form: a JSON array of texts, with the place of each.</summary>
internal static class JsonWords
{
    /// <returns>Null where it is no such array; then Docker takes the text for a shell's.</returns>
    public static DockerWord[]? Read(string text, int at)
    {
        if (at >= text.Length || text[at] != '[') return null;
        // the reader counts bytes: only where every character is one do its places hold
        var body = text[at..].TrimEnd();
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        try
        {
            return Read(new Utf8JsonReader(bytes), at, bytes.Length == body.Length, body.Length);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DockerWord[]? Read(Utf8JsonReader reader, int at, bool placed, int length)
    {
        var words = new List<DockerWord>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            var range = placed ? new TextRange(at + (int)reader.TokenStartIndex, at + (int)reader.BytesConsumed) : new(at, at + length);
            words.Add(new(reader.GetString() ?? "", range));
        }
        return reader.TokenType == JsonTokenType.EndArray && !reader.Read() ? [.. words] : null;
    }
}
