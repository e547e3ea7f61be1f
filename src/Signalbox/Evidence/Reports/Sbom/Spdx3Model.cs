using System.Text.Json;
using System.Text.RegularExpressions;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>
/// The classes of SPDX 3.0.1 (https://spdx.github.io/spdx-spec/v3.0.1/): which properties an element may and must have, of
/// which type, how often. The table is derived from the model and embedded.
/// </summary>
internal sealed class Spdx3Model
{
    private static readonly Lazy<Spdx3Model> s_model = new(() => new());
    private readonly Dictionary<string, Class> _classes = [];
    private readonly Dictionary<string, HashSet<string>> _vocabularies = [];
    private readonly Dictionary<string, Regex> _patterns = [];

    private Spdx3Model()
    {
        using var stream = SchemaStore.Open("spdx-3.0.1.classes.json");
        using var table = JsonDocument.Parse(stream);
        foreach (var entry in table.RootElement.GetProperty("classes").EnumerateObject()) _classes[entry.Name] = ReadClass(entry.Name, entry.Value);
        foreach (var entry in table.RootElement.GetProperty("vocabularies").EnumerateObject()) _vocabularies[entry.Name] = [.. entry.Value.Texts()];
        foreach (var entry in table.RootElement.GetProperty("patterns").EnumerateObject())
            _patterns[entry.Name] = new(entry.Value.GetString()!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    public static Spdx3Model Instance => s_model.Value;

    /// <summary>Writes down what is wrong with an element, and with the objects in it.</summary>
    /// <param name="expected">The class that it must be of; null for any.</param>
    public void Check(JsonElement element, string? expected, JsonPlace at, ProblemList problems)
    {
        var type = element.Text("type"u8) ?? element.Text("@type"u8);
        if (type is null) problems.Add($"{at} has no type");
        else if (!_classes.TryGetValue(type, out var known))
        {
            // an extension's type is an IRI of its own, with properties of its own
            if (expected != "extension_Extension" || !type.Contains(':', StringComparison.Ordinal)) problems.Add($"{at} has the type '{JsonCursor.Shown(type)}', which SPDX 3.0.1 does not know");
        }
        else if (known.Abstract) problems.Add($"{at} has the abstract type {type}");
        else if (expected is not null && !Descends(type, expected)) problems.Add($"{at} is {type}, expected {expected}");
        else CheckProperties(element, known, at, problems);
    }

    private bool Descends(string? type, string from)
    {
        for (; type is not null; type = _classes.GetValueOrDefault(type)?.Is)
            if (type == from) return true;
        return false;
    }

    private void CheckProperties(JsonElement element, Class known, JsonPlace at, ProblemList problems)
    {
        var all = AllOf(known);
        foreach (var property in element.EnumerateObject())
            if (all.TryGetValue(property.Name, out var form)) CheckValues(property.Value, form, new(at, property.Name), problems);
            else if (property.Name is not ("type" or "@type" or "@id")) problems.Add($"{at} has the key '{JsonCursor.Shown(property.Name)}', which {known.Name} does not have");
        foreach (var (name, form) in all)
            if (form.Least > 0 && !element.TryGetProperty(name, out _) && !(name == "spdxId" && element.TryGetProperty("@id", out _)))
                problems.Add($"{at} has no '{name}'");
    }

    /// <summary>The properties of a class and of those that it is derived from; its own restrictions win.</summary>
    private Dictionary<string, Property> AllOf(Class known)
    {
        if (known.All is { } ready) return ready;
        var all = known.Is is { } parent ? new Dictionary<string, Property>(AllOf(_classes[parent])) : [];
        foreach (var (name, property) in known.Own) all[name] = property;
        return known.All = all;
    }

    private void CheckValues(JsonElement value, Property form, JsonPlace at, ProblemList problems)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            CheckValue(value, form.Type, at, problems);
            return;
        }
        var count = value.GetArrayLength();
        if (form.Most == 1) problems.Add($"{at} is a list, expected one value");
        if (count < form.Least || (form.Most > 1 && count > form.Most)) problems.Add($"{at} has {count} values");
        var i = 0;
        foreach (var item in value.EnumerateArray()) CheckValue(item, form.Type, new(at, $"[{i++}]"), problems);
    }

    private void CheckValue(JsonElement value, string type, JsonPlace at, ProblemList problems)
    {
        if (_classes.ContainsKey(type))
        {
            if (value.ValueKind == JsonValueKind.Object) Check(value, type, at, problems);
            else if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 }) problems.Add($"{at} is no {type} and names none");
        }
        else if (!Fits(value, type)) problems.Add($"{at} is {JsonCursor.Shown(value.GetRawText())}, which is no {type}");
    }

    private bool Fits(JsonElement value, string type)
    {
        if (_vocabularies.TryGetValue(type, out var words)) return value.ValueKind == JsonValueKind.String && words.Contains(value.GetString()!);
        if (_patterns.TryGetValue(type, out var pattern)) return value.ValueKind == JsonValueKind.String && pattern.IsMatch(value.GetString()!);
        return type switch
        {
            "xsd:boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "xsd:positiveInteger" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var positive) && positive > 0,
            "xsd:nonNegativeInteger" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0,
            "xsd:decimal" or "xsd:double" => value.ValueKind == JsonValueKind.Number || (value.ValueKind == JsonValueKind.String && Values.Number(value.GetString()) is not null),
            "xsd:anyURI" => value.ValueKind == JsonValueKind.String && TextFormats.Holds("iri-reference", value.GetString()!),
            _ => value.ValueKind == JsonValueKind.String,
        };
    }

    private static Class ReadClass(string name, JsonElement entry)
    {
        var own = new Dictionary<string, Property>();
        foreach (var property in entry.At("properties"u8).Members())
            own[property.Name] = new(property.Value[0].GetString()!, property.Value[1].GetInt32(), property.Value[2].GetInt32());
        return new(name, entry.Text("is"u8), entry.IsTrue("abstract"u8), own);
    }

    /// <param name="Most">-1: any number.</param>
    private sealed record Property(string Type, int Least, int Most);

    private sealed record Class(string Name, string? Is, bool Abstract, Dictionary<string, Property> Own)
    {
        public Dictionary<string, Property>? All { get; set; }
    }
}
