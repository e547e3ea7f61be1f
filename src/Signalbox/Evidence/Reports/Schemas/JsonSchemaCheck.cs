using System.Text.Json;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>
/// Holds values against schemas of draft 7 (https://json-schema.org/draft-07), every keyword that the embedded schemas use.
/// Keywords beside a <c>$ref</c> count too, as today's validators read them.
/// </summary>
/// <param name="problems">Where what is wrong is written; null where only the answer matters.</param>
internal readonly struct JsonSchemaCheck(ProblemList? problems)
{
    public bool Holds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.RefusesAll) return Wrong(at, "is not allowed here");
        if (schema.Target is { } target && !Holds(value, target, at)) return false;
        if (!TypeHolds(value, schema, at) || !EnumHolds(value, schema, at) || !CombinedHold(value, schema, at)) return false;
        return value.ValueKind switch
        {
            JsonValueKind.Object => ObjectHolds(value, schema, at),
            JsonValueKind.Array => ArrayHolds(value, schema, at),
            JsonValueKind.String => TextHolds(value, schema, at),
            JsonValueKind.Number => NumberHolds(value, schema, at),
            _ => true,
        };
    }

    private bool TypeHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.Types is not { } types) return true;
        foreach (var type in types)
            if (Is(value, type)) return true;
        return Wrong(at, $"is {Name(value)}, expected {string.Join(" or ", types)}");
    }

    private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("integer", JsonValueKind.Number) => value.TryGetInt64(out _) || (value.TryGetDouble(out var number) && Math.Floor(number) == number),
        _ => false,
    };

    private static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private bool EnumHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.EnumTexts is { } texts && !(value.ValueKind == JsonValueKind.String && texts.Contains(value.GetString()!)))
            return Wrong(at, $"is {Shown(value)}, expected {(texts.Count > 8 ? $"one of {texts.Count} known words" : string.Join(", ", texts))}");
        if (schema.Enum is { } values && !Array.Exists(values, allowed => JsonElement.DeepEquals(allowed, value)))
            return Wrong(at, $"is {Shown(value)}, which is none of the values allowed");
        return true;
    }

    private bool CombinedHold(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        foreach (var part in schema.AllOf ?? [])
            if (!Holds(value, part, at)) return false;
        if (schema.AnyOf is { } any && Fitting(value, any) == 0) return Wrong(at, "fits none of the forms allowed");
        if (schema.OneOf is { } one && Fitting(value, one) is not 1 and var fitting)
            return Wrong(at, fitting == 0 ? "fits none of the forms allowed" : "fits more than one of the forms, of which only one is allowed");
        if (schema.Not is { } not && Quiet.Holds(value, not, null!)) return Wrong(at, "has a form that is not allowed");
        if (schema.If is not { } condition) return true;
        var then = Quiet.Holds(value, condition, null!) ? schema.Then : schema.Else;
        return then is null || Holds(value, then, at);
    }

    private static JsonSchemaCheck Quiet => new(null);

    private static int Fitting(JsonElement value, JsonSchema[] schemas)
    {
        var count = 0;
        foreach (var schema in schemas)
            if (Quiet.Holds(value, schema, null!)) count++;
        return count;
    }

    private bool ObjectHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        var holds = true;
        var count = 0;
        foreach (var property in value.EnumerateObject())
        {
            count++;
            holds &= PropertyHolds(property.Name, property.Value, schema, at);
            if (!holds && problems is null) return false;
        }
        foreach (var name in schema.Required ?? [])
            if (!value.TryGetProperty(name, out _)) holds = Wrong(at, $"has no '{name}'");
        if (count < schema.MinProperties || count > schema.MaxProperties) holds = Wrong(at, $"has {count} keys");
        return holds;
    }

    /// <summary>One property of an object; also for a document whose properties are read one after the other.</summary>
    public bool PropertyHolds(string name, JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.PropertyNames is { } names && !NameHolds(name, names)) return Wrong(at, $"has the key '{name}', which is not allowed");
        var known = false;
        if (schema.Properties is { } properties && properties.TryGetValue(name, out var own))
        {
            known = true;
            if (!Holds(value, own, Under(at, name))) return false;
        }
        foreach (var (pattern, form) in schema.PatternProperties ?? [])
            if (pattern.IsMatch(name))
            {
                known = true;
                if (!Holds(value, form, Under(at, name))) return false;
            }
        return known || schema.AdditionalProperties is null || Holds(value, schema.AdditionalProperties, Under(at, name));
    }

    private static bool NameHolds(string name, JsonSchema names) =>
        (names.EnumTexts is null || names.EnumTexts.Contains(name)) && (names.Pattern is null || names.Pattern.IsMatch(name));

    private bool ArrayHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        var count = value.GetArrayLength();
        if (count < schema.MinItems || count > schema.MaxItems) return Wrong(at, $"has {count} elements, expected {schema.MinItems ?? 0} to {schema.MaxItems?.ToString() ?? "any number"}");
        if (schema.UniqueItems && count > 1 && !AreUnique(value)) return Wrong(at, "has two equal elements");
        if (schema.Contains is { } contains && !value.EnumerateArray().Any(item => Quiet.Holds(item, contains, null!))) return Wrong(at, "lacks an element of the form demanded");
        var holds = true;
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            var form = schema.Tuple is { } tuple ? (i < tuple.Length ? tuple[i] : schema.AdditionalItems) : schema.Items;
            if (form is not null) holds &= Holds(item, form, Under(at, i));
            if (!holds && problems is null) return false;
            i++;
        }
        return holds;
    }

    private static bool AreUnique(JsonElement array)
    {
        var seen = new HashSet<Int128>();
        foreach (var item in array.EnumerateArray())
            if (!seen.Add(JsonDigest.Of(item))) return false;
        return true;
    }

    private bool TextHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.MinLength is null && schema.MaxLength is null && schema.Pattern is null && schema.Format is null) return true;
        var text = value.GetString()!;
        if (schema.MinLength is not null || schema.MaxLength is not null)
        {
            // JSON Schema counts code points
            var length = text.EnumerateRunes().Count();
            if (length < schema.MinLength || length > schema.MaxLength) return Wrong(at, $"has {length} characters");
        }
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text)) return Wrong(at, $"is {Shown(value)}, which does not match {pattern}");
        return schema.Format is null || TextFormats.Holds(schema.Format, text) || Wrong(at, $"is {Shown(value)}, which is no {schema.Format}");
    }

    private bool NumberHolds(JsonElement value, JsonSchema schema, JsonPlace at)
    {
        if (schema.Minimum is null && schema.Maximum is null && schema.ExclusiveMinimum is null && schema.ExclusiveMaximum is null) return true;
        var fits = value.TryGetDouble(out var number) && !(number < schema.Minimum) && !(number > schema.Maximum)
            && !(number <= schema.ExclusiveMinimum) && !(number >= schema.ExclusiveMaximum);
        return fits || Wrong(at, $"is {Shown(value)}, which is out of range");
    }

    private JsonPlace Under(JsonPlace at, string name) => problems is null ? null! : new(at, name);

    private JsonPlace Under(JsonPlace at, int index) => problems is null ? null! : new(at, $"[{index}]");

    private bool Wrong(JsonPlace at, string what)
    {
        problems?.Add($"{at} {what}");
        return false;
    }

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
