using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>
/// Holds a document against a schema while it is read: its outermost arrays element by element, everything else value by
/// value. So a document of any size is checked in the memory of its largest entry.
/// </summary>
internal sealed class StreamedCheck(JsonSchema schema, ProblemList problems)
{
    private readonly HashSet<string> _seen = [];
    private readonly JsonSchemaCheck _check = new(problems);

    /// <summary>Checks the property on which the cursor stands.</summary>
    /// <param name="see">Is shown each element of an array, or the whole of another value; valid during the call alone.</param>
    public void Property(JsonCursor json, string name, Action<JsonElement> see)
    {
        _seen.Add(name);
        if (json.Token == JsonTokenType.StartArray && ListOf(name) is { } list) Elements(json, name, list, see);
        else
        {
            using var value = json.Entry();
            _check.PropertyHolds(name, value.RootElement, schema, JsonPlace.Root);
            see(value.RootElement);
        }
    }

    /// <summary>After the last property.</summary>
    public void Finish()
    {
        foreach (var name in schema.Required ?? [])
            if (!_seen.Contains(name)) problems.Add($"{JsonPlace.Root} has no '{name}'");
    }

    /// <summary>The schema of a property whose only demands on an array are on its elements and their number.</summary>
    private JsonSchema? ListOf(string name)
    {
        if (schema.Properties?.GetValueOrDefault(name) is not { } own) return null;
        while (own.Target is { } target) own = target;
        return own.Types is ["array"] && own is { Items: not null, Tuple: null, AllOf: null, AnyOf: null, OneOf: null, Not: null, If: null, Contains: null, Enum: null } ? own : null;
    }

    private void Elements(JsonCursor json, string name, JsonSchema list, Action<JsonElement> see)
    {
        var at = new JsonPlace(JsonPlace.Root, name);
        var digests = list.UniqueItems ? new HashSet<Int128>() : null;
        var count = 0;
        foreach (var i in json.Elements())
        {
            count++;
            using var entry = json.Entry();
            _check.Holds(entry.RootElement, list.Items!, new(at, $"[{i}]"));
            if (digests is not null && !digests.Add(JsonDigest.Of(entry.RootElement))) problems.Add($"{at} has two equal elements, the second at {i}");
            see(entry.RootElement);
        }
        if (count < list.MinItems || count > list.MaxItems) problems.Add($"{at} has {count} elements");
    }
}
