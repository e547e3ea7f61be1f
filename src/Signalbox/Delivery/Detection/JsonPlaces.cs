using System.Text;
using System.Text.Json;

namespace Signalbox.Delivery.Detection;

/// <summary>A value of a JSON file and the line it begins on.</summary>
internal sealed record JsonPlace(int Line, string? Text, IReadOnlyList<KeyValuePair<string, JsonPlace>> Members, IReadOnlyList<JsonPlace> Items)
{
    /// <returns>Null where there is no such member; the last where there are several, as readers of JSON do.</returns>
    public JsonPlace? this[string name]
    {
        get
        {
            for (var i = Members.Count - 1; i >= 0; i--)
                if (Members[i].Key == name) return Members[i].Value;
            return null;
        }
    }
}

/// <summary>Reads JSON (also with comments and trailing commas) keeping the lines.</summary>
internal static class JsonPlaces
{
    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <returns>Null with a finding where the file is no JSON.</returns>
    public static JsonPlace? Read(SourceFile file, Notes notes)
    {
        try
        {
            var bytes = Encoding.UTF8.GetBytes(file.Text);
            var cursor = new Cursor(bytes);
            var reader = new Utf8JsonReader(bytes, Options);
            if (!reader.Read()) return null;
            return Value(ref reader, cursor);
        }
        catch (JsonException e)
        {
            var line = (int)Math.Min((e.LineNumber ?? 0) + 1, int.MaxValue);
            notes.Warn(InitIds.NotReadable, $"'{file.Path}' is not JSON, so it says nothing", file.Line(line), $"node -e 'JSON.parse(fs.readFileSync(\"{file.Path}\"))'", file.LineText(line));
            return null;
        }
        // escapes of half a surrogate pair
        catch (InvalidOperationException)
        {
            notes.Warn(InitIds.NotReadable, $"'{file.Path}' holds text that is not Unicode, so it says nothing", file.Place, $"ls -l {file.Path}");
            return null;
        }
    }

    private static JsonPlace Value(ref Utf8JsonReader reader, Cursor cursor)
    {
        var line = cursor.LineAt((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<KeyValuePair<string, JsonPlace>>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add(new(name, Value(ref reader, cursor)));
                }
                return new(line, null, members, []);
            case JsonTokenType.StartArray:
                var items = new List<JsonPlace>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, cursor));
                return new(line, null, [], items);
            case JsonTokenType.String:
                return new(line, reader.GetString(), [], []);
            default:
                return new(line, Encoding.UTF8.GetString(reader.ValueSpan), [], []);
        }
    }

    /// <summary>Counts lines as the reader goes forward.</summary>
    private sealed class Cursor(byte[] bytes)
    {
        private int _at;
        private int _line = 1;

        public int LineAt(int position)
        {
            for (; _at < position; _at++)
                if (bytes[_at] == '\n') _line++;
            return _line;
        }
    }
}
