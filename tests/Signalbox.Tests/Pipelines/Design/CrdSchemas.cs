using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Reports.Schemas;
using Signalbox.Yaml;

namespace Signalbox.Tests.Pipelines.Design;

/// <summary>
/// The published custom resource definitions beside the repository. An object is held against the schema of its version as the API server does it, and a field
/// that the schema does not know is refused, as <c>kubectl --validate=strict</c> does.
/// </summary>
internal static class CrdSchemas
{
    private static readonly string s_folder = Path.Combine(Cases.Root, "..", "shared", "schemas", "crds");

    private static readonly Lazy<Dictionary<(string Group, string Kind), string>> s_files = new(() => Directory.EnumerateFiles(s_folder, "*.yaml", SearchOption.AllDirectories)
        .SelectMany(file => Headers(file).Select(header => (Header: header, File: file))).ToDictionary(f => f.Header, f => f.File));

    private static readonly Dictionary<(string, string), JsonSchema> s_schemas = [];

    public static bool AreThere => Directory.Exists(s_folder);

    /// <summary>Whether there is a definition of the object's kind.</summary>
    public static bool Know(YamlMapping found) => s_files.Value.ContainsKey((Group(found), found.Text("kind") ?? ""));

    /// <summary>What the object's definition says against it.</summary>
    public static IReadOnlyList<string> Problems(YamlMapping found)
    {
        JsonSchema schema;
        lock (s_schemas) schema = Schema(found);
        using var json = JsonDocument.Parse(Json(found)!.ToJsonString());
        var problems = new ProblemList();
        return new JsonSchemaCheck(problems).Holds(json.RootElement, schema, JsonPlace.Root) ? [] : [.. problems.Problems.DefaultIfEmpty("the definition refuses it")];
    }

    private static string Group(YamlMapping found) => found.Text("apiVersion") is { } version && version.Contains('/') ? version[..version.IndexOf('/')] : "";

    // the beginning of a definition says whose it is; parsing all of them would take a while
    private static IEnumerable<(string, string)> Headers(string file)
    {
        var lines = File.ReadLines(file).TakeWhile(l => !l.TrimStart().StartsWith("openAPIV3Schema", StringComparison.Ordinal)).ToList();
        string? Of(string key) => lines.FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();
        // Flagger's file has three
        if (Path.GetFileName(file) == "flagger.yaml") return [("flagger.app", "Canary"), ("flagger.app", "MetricTemplate"), ("flagger.app", "AlertProvider")];
        return Of("  group: ") is { } group && Of("    kind: ") is { } kind ? [(group, kind)] : [];
    }

    private static JsonSchema Schema(YamlMapping found)
    {
        var key = (Group(found), found.Text("kind")!);
        var version = found.Text("apiVersion")![(key.Item1.Length + 1)..];
        if (s_schemas.TryGetValue((key.Item1 + "/" + version, key.Item2), out var known)) return known;
        var definitions = YamlReader.ReadAll(new(File.ReadAllText(s_files.Value[key])), new(8 << 20, 256, 2_000_000));
        Assert.Empty(definitions.Problems);
        var definition = definitions.Documents.Single(d => d.Get("spec", "names").Text("kind") == key.Item2);
        var root = definition.Get("spec", "versions").Items().Single(v => v.Text("name") == version).Get("schema", "openAPIV3Schema");
        using var json = JsonDocument.Parse(Closed(Json(root)!, isRoot: true).ToJsonString());
        return s_schemas[(key.Item1 + "/" + version, key.Item2)] = new(json.RootElement.Clone(), reference => throw new InvalidOperationException(reference));
    }

    /// <summary>A structural schema whose objects take only what they name.</summary>
    private static JsonNode Closed(JsonNode schema, bool isRoot = false)
    {
        if (schema is not JsonObject map) return schema;
        foreach (var part in (string[])["items", "additionalProperties"])
            if (map[part] is JsonObject inner) Closed(inner);
        if (map["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties.ToList())
                // what every object has is checked by the API server itself
                if (!(isRoot && name == "metadata")) Closed(property!);
            if (map["additionalProperties"] is null && map["x-kubernetes-preserve-unknown-fields"] is null) map["additionalProperties"] = false;
        }
        return map;
    }

    private static JsonNode? Json(YamlNode? node) => node switch
    {
        YamlMapping map => new JsonObject([.. map.Entries().Select(e => KeyValuePair.Create(e.Key.Value, Json(e.Value)))]),
        YamlSequence list => new JsonArray([.. list.Items.Select(Json)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { AsBoolean: { } yes } => JsonValue.Create(yes),
        YamlScalar { IsPlain: true } scalar when long.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalar { IsPlain: true } scalar when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };
}
