using System.Text.Json;

namespace Signalbox.Evidence.Reports.Json;

/// <summary>
/// The keys of a file's first values, three deep, from which its format is recognised. <c>results[].check_id</c> stands for
/// a key of the objects in an array; the objects of an array that is the whole file count as the file itself.
/// </summary>
internal sealed class JsonShape(JsonCursor json, Func<JsonShape, bool> known)
{
    private const int MaxDepth = 3;
    private const int MaxKeys = 4000;
    private const int ElementsLooked = 4;
    private readonly HashSet<string> _paths = [];
    private readonly Dictionary<string, string> _texts = [];
    private bool _done;

    /// <summary>The file is an array, or several values in a row.</summary>
    public bool IsArray { get; private set; }

    /// <summary>Nothing in it: <c>null</c>, <c>[]</c> or <c>[null]</c>.</summary>
    public bool IsEmpty => _paths.Count == 0 && !HasObject;

    private bool HasObject { get; set; }

    public bool Has(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (!_paths.Contains(path)) return false;
        return true;
    }

    public bool HasAny(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (_paths.Contains(path)) return true;
        return false;
    }

    public bool HasAnyEndingWith(string end) => _paths.Any(path => path.EndsWith(end, StringComparison.Ordinal));

    /// <returns>The first text under this path, or an empty one.</returns>
    public string Text(string path) => _texts.GetValueOrDefault(path, "");

    /// <summary>Looks until the format is known or the file ends.</summary>
    public void Look()
    {
        for (var i = 0; !_done && json.Read(); i++)
        {
            IsArray |= i > 0 || json.Token == JsonTokenType.StartArray;
            Root(0);
        }
    }

    private void Root(int nested)
    {
        if (json.Token == JsonTokenType.StartObject) Object("", 1);
        else if (json.Token == JsonTokenType.StartArray && nested < MaxDepth)
            foreach (var i in json.Elements())
            {
                if (i < ElementsLooked * 4) Root(nested + 1);
                if (_done) return;
            }
        else if (json.Token != JsonTokenType.Null) Add("[]");
    }

    private void Object(string path, int depth)
    {
        HasObject = true;
        foreach (var name in json.Properties())
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            Add(at);
            if (depth < MaxDepth) Value(at, depth);
            if (_done || (depth == 1 && (_done = known(this)))) return;
        }
    }

    private void Value(string path, int depth)
    {
        if (json.Token == JsonTokenType.StartObject) Object(path, depth + 1);
        else if (json.Token == JsonTokenType.StartArray) Array(path, depth);
        else if (depth == 1 && json.Text() is { } text) _texts.TryAdd(path, text);
    }

    private void Array(string path, int depth)
    {
        foreach (var i in json.Elements())
        {
            if (i < ElementsLooked) Element(path, depth);
            if (_done) return;
        }
    }

    private void Element(string path, int depth)
    {
        Add($"{path}[]");
        if (json.Token == JsonTokenType.StartObject) Object($"{path}[]", depth + 1);
        else if (json.Text() is { } text) _texts.TryAdd($"{path}[]", text);
        if (!_done) _done = known(this);
    }

    private void Add(string path)
    {
        if (_paths.Count < MaxKeys) _paths.Add(path);
    }
}
