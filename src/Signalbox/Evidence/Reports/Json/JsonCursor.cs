using System.Text;
using System.Text.Json;

namespace Signalbox.Evidence.Reports.Json;

/// <summary>
/// Walks a JSON file from front to back in a buffer that holds no more than one entry, so that memory does not grow with
/// the file. Several values in a row (JSON lines) are walked one after the other.
/// </summary>
internal sealed class JsonCursor(Stream stream, ReportLimits limits, CancellationToken cancel)
{
    private const int FirstBuffer = 128 << 10;
    private readonly JsonDocumentOptions _entryOptions = new() { MaxDepth = limits.MaxDepth, AllowDuplicateProperties = false };
    private byte[] _buffer = new byte[FirstBuffer];
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = limits.MaxDepth, AllowMultipleValues = true });
    private int _next;
    private int _end;
    private int _keepFrom = -1;
    private int _tokenStart;
    private int _valueLength;
    private bool _final;
    private long _tokens;

    public JsonTokenType Token { get; private set; }

    private int Depth { get; set; }

    private string Kind => Token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => "true or false",
    };

    /// <summary>Goes to the next token; false at the end of the file.</summary>
    public bool Read()
    {
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_next, _end - _next), _final, _state);
            if (reader.Read())
            {
                Take(ref reader);
                return true;
            }
            if (_final) return false;
            Fill();
        }
    }

    /// <summary>Goes through the object here: at each name the cursor stands on its value, which need not be read. Null has none.</summary>
    /// <exception cref="ReportRefusedException">It is of another kind: what cannot be looked into must not count as empty.</exception>
    public IEnumerable<string> Properties()
    {
        if (Token == JsonTokenType.Null) yield break;
        if (Token != JsonTokenType.StartObject) throw new ReportRefusedException($"a value is {Kind}, expected an object");
        var names = new HashSet<string>();
        while (Next() != JsonTokenType.EndObject)
        {
            var name = Scalar();
            if (!names.Add(name)) throw new ReportRefusedException($"the key '{Shown(name)}' is there twice in one object");
            if (names.Count > limits.MaxItems) throw new ReportRefusedException($"an object has more than {limits.MaxItems} keys");
            Next();
            var at = _tokens;
            yield return name;
            if (at == _tokens) Skip();
        }
    }

    /// <summary>Goes through the array here, the cursor on each element in turn, which need not be read. Null has none.</summary>
    /// <exception cref="ReportRefusedException">It is of another kind: what cannot be looked into must not count as empty.</exception>
    public IEnumerable<int> Elements()
    {
        if (Token == JsonTokenType.Null) yield break;
        if (Token != JsonTokenType.StartArray) throw new ReportRefusedException($"a value is {Kind}, expected an array");
        for (var i = 0; Next() != JsonTokenType.EndArray; i++)
        {
            var at = _tokens;
            yield return i;
            if (at == _tokens) Skip();
        }
    }

    /// <summary>The text of the string, number or name here; null for anything else, which is passed over.</summary>
    public string? Text()
    {
        if (Token is JsonTokenType.String or JsonTokenType.Number) return Scalar() is { Length: > 0 } text ? text : null;
        Skip();
        return null;
    }

    /// <summary>The whole value here, valid until the cursor moves on.</summary>
    /// <exception cref="ReportRefusedException">It is larger than one entry may be.</exception>
    public JsonDocument Entry()
    {
        _keepFrom = _tokenStart;
        Skip();
        var bytes = _buffer.AsMemory(_keepFrom, _next - _keepFrom);
        _keepFrom = -1;
        return JsonDocument.Parse(bytes, _entryOptions);
    }

    /// <summary>Goes to the last token of the value here.</summary>
    public void Skip()
    {
        if (Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = Depth;
        while (!SkipInBuffer(depth))
        {
            if (_final) throw new ReportRefusedException("the file ends within a value");
            Fill();
        }
    }

    private bool SkipInBuffer(int depth)
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_next, _end - _next), _final, _state);
        var done = false;
        while (!done && reader.Read()) done = reader.CurrentDepth == depth && reader.TokenType is (JsonTokenType.EndObject or JsonTokenType.EndArray);
        Take(ref reader);
        return done;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        Token = reader.TokenType;
        Depth = reader.CurrentDepth;
        _tokenStart = _next + (int)reader.TokenStartIndex;
        _valueLength = reader.ValueSpan.Length;
        _next += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
        _tokens++;
    }

    private JsonTokenType Next() => Read() ? Token : throw new ReportRefusedException("the file ends within a value");

    private string Scalar()
    {
        if (Token == JsonTokenType.Number) return Encoding.ASCII.GetString(_buffer, _tokenStart, _valueLength);
        var reader = new Utf8JsonReader(_buffer.AsSpan(_tokenStart, _valueLength + 2), isFinalBlock: true, default);
        reader.Read();
        return reader.GetString()!;
    }

    private void Fill()
    {
        cancel.ThrowIfCancellationRequested();
        var keep = _keepFrom >= 0 ? _keepFrom : _next;
        if (keep > 0) MoveDown(keep);
        else if (_end == _buffer.Length) Grow();
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _final = read == 0;
    }

    private void MoveDown(int by)
    {
        Buffer.BlockCopy(_buffer, by, _buffer, 0, _end - by);
        _next -= by;
        _end -= by;
        _tokenStart -= by;
        if (_keepFrom >= 0) _keepFrom = 0;
    }

    private void Grow()
    {
        if (_buffer.Length >= limits.MaxEntryBytes) throw new ReportRefusedException($"one entry is larger than {limits.MaxEntryBytes} bytes");
        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, limits.MaxEntryBytes));
    }

    internal static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
