using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Signalbox.Delivery.Policies;

/// <summary>The JSON Schema of policy.yaml (draft 2020-12), made from <see cref="GateTable"/>.</summary>
public static class PolicySchema
{
    private const string Duration = "^([0-9.]+(ms|s|m|h|d))+$";

    public static string Text()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Document().WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>The part that an environment of signalbox.yaml has too.</summary>
    internal static JsonObject Gates() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(GateTable.All.Select(gate => KeyValuePair.Create(gate.Name, (JsonNode?)Gate(gate)))),
    };

    private static JsonObject Document() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "policy.yaml",
        ["description"] = "What an environment demands of what goes into it.",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("apiVersion"),
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["const"] = PolicyReader.ApiVersion },
            ["gates"] = Gates(),
            ["freeze"] = ListOf("Times in which nothing goes out.", PolicyLimits.MostWindows, ("name", AnyText()), ("from", AnyText()), ("to", AnyText()), ("zone", AnyText())),
            ["custom"] = ListOf("Commands that decide: exit 0 allows, 1 denies.", PolicyLimits.MostCustom, ("name", AnyText()), ("mode", Mode()), ("command", Texts()), ("timeout", Matching(Duration))),
            ["promote"] = new JsonObject
            {
                ["description"] = "Promotion without a person, once a release has served in the environment before for that long.",
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = new JsonArray("after"),
                ["properties"] = new JsonObject { ["after"] = Matching(Duration) },
            },
            ["evidenceFrom"] = Texts("Principals whose evidence counts, with * for any text."),
        },
    };

    private static JsonObject Gate(GateShape gate) => new()
    {
        ["description"] = $"{char.ToUpperInvariant(gate.Summary[0])}{gate.Summary[1..]}.",
        ["anyOf"] = new JsonArray(Mode(), Settings(gate)),
    };

    private static JsonObject Settings(GateShape gate) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(gate.Settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)Value(setting)))
            .Prepend(KeyValuePair.Create("mode", (JsonNode?)Mode()))),
    };

    private static JsonObject Value(SettingShape setting)
    {
        var value = setting.Kind switch
        {
            SettingKind.Share => Matching("^[0-9]+(\\.[0-9]+)? ?%$"),
            SettingKind.Count => new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = 100 },
            SettingKind.Age => Matching(Duration),
            SettingKind.Threshold => new JsonObject { ["enum"] = new JsonArray("info", "low", "medium", "high", "critical", "none") },
            SettingKind.Switch => new JsonObject { ["enum"] = new JsonArray("allow", "deny") },
            _ => Texts(),
        };
        if (setting.Default is [var only]) value["default"] = setting.Kind == SettingKind.Count ? GateValues.Count([only]) : only;
        return value;
    }

    private static JsonObject Mode() => new() { ["enum"] = new JsonArray("off", "warn", "enforce") };

    private static JsonObject AnyText() => new() { ["type"] = "string" };

    private static JsonObject Matching(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Texts(string? description = null)
    {
        var texts = new JsonObject { ["anyOf"] = new JsonArray(AnyText(), new JsonObject { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = PolicyLimits.MostValues, ["items"] = AnyText() }) };
        if (description is not null) texts["description"] = description;
        return texts;
    }

    private static JsonObject ListOf(string description, int most, params (string Key, JsonObject Value)[] properties) => new()
    {
        ["description"] = description,
        ["type"] = "array",
        ["minItems"] = 1,
        ["maxItems"] = most,
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)property.Value))),
        },
    };
}
