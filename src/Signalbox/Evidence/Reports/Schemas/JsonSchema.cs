using System.Text.Json;
using System.Text.RegularExpressions;

namespace Signalbox.Evidence.Reports.Schemas;

/// <summary>A JSON Schema of draft 7, made ready for <see cref="JsonSchemaCheck"/>. Null members are keywords that the schema does not have.</summary>
internal sealed class JsonSchema
{
    private static readonly TimeSpan s_patternTime = TimeSpan.FromSeconds(1);
    private readonly Func<string, JsonSchema> _resolve;
    private readonly string? _reference;
    private JsonSchema? _target;

    /// <param name="resolve">Finds the schema that a <c>$ref</c> names.</param>
    public JsonSchema(JsonElement schema, Func<string, JsonSchema> resolve)
    {
        _resolve = resolve;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            RefusesAll = schema.ValueKind == JsonValueKind.False;
            return;
        }
        foreach (var keyword in schema.EnumerateObject())
            if (keyword.NameEquals("$ref"u8)) _reference = keyword.Value.GetString();
            else ReadKeyword(keyword.Name, keyword.Value);
    }

    public bool RefusesAll { get; }

    /// <summary>What <c>$ref</c> names; sought when it is first needed, because schemas refer to themselves.</summary>
    public JsonSchema? Target => _reference is null ? null : _target ??= _resolve(_reference);

    public string[]? Types { get; private set; }

    public HashSet<string>? EnumTexts { get; private set; }

    public JsonElement[]? Enum { get; private set; }

    public Dictionary<string, JsonSchema>? Properties { get; private set; }

    public (Regex Name, JsonSchema Schema)[]? PatternProperties { get; private set; }

    public JsonSchema? AdditionalProperties { get; private set; }

    public JsonSchema? PropertyNames { get; private set; }

    public string[]? Required { get; private set; }

    public JsonSchema? Items { get; private set; }

    public JsonSchema[]? Tuple { get; private set; }

    public JsonSchema? AdditionalItems { get; private set; }

    public JsonSchema? Contains { get; private set; }

    public bool UniqueItems { get; private set; }

    public int? MinItems { get; private set; }

    public int? MaxItems { get; private set; }

    public int? MinProperties { get; private set; }

    public int? MaxProperties { get; private set; }

    public int? MinLength { get; private set; }

    public int? MaxLength { get; private set; }

    public double? Minimum { get; private set; }

    public double? Maximum { get; private set; }

    public double? ExclusiveMinimum { get; private set; }

    public double? ExclusiveMaximum { get; private set; }

    public Regex? Pattern { get; private set; }

    public string? Format { get; private set; }

    public JsonSchema[]? AllOf { get; private set; }

    public JsonSchema[]? AnyOf { get; private set; }

    public JsonSchema[]? OneOf { get; private set; }

    public JsonSchema? Not { get; private set; }

    public JsonSchema? If { get; private set; }

    public JsonSchema? Then { get; private set; }

    public JsonSchema? Else { get; private set; }

    private void ReadKeyword(string name, JsonElement value)
    {
        if (ReadForObjects(name, value) || ReadForArrays(name, value) || ReadForScalars(name, value)) return;
        switch (name)
        {
            case "type": Types = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(t => t.GetString()!)] : [value.GetString()!]; break;
            case "enum": SetEnum([.. value.EnumerateArray()]); break;
            case "const": SetEnum([value]); break;
            case "allOf": AllOf = All(value); break;
            case "anyOf": AnyOf = All(value); break;
            case "oneOf": OneOf = All(value); break;
            case "not": Not = One(value); break;
            case "if": If = One(value); break;
            case "then": Then = One(value); break;
            case "else": Else = One(value); break;
            default: break; // annotations, and definitions, which are reached by reference
        }
    }

    private bool ReadForObjects(string name, JsonElement value)
    {
        switch (name)
        {
            case "properties": Properties = value.EnumerateObject().ToDictionary(p => p.Name, p => One(p.Value)); break;
            case "patternProperties": PatternProperties = [.. value.EnumerateObject().Select(p => (Expression(p.Name), One(p.Value)))]; break;
            case "additionalProperties": AdditionalProperties = One(value); break;
            case "propertyNames": PropertyNames = One(value); break;
            case "required": Required = [.. value.EnumerateArray().Select(r => r.GetString()!)]; break;
            case "minProperties": MinProperties = value.GetInt32(); break;
            case "maxProperties": MaxProperties = value.GetInt32(); break;
            default: return false;
        }
        return true;
    }

    private bool ReadForArrays(string name, JsonElement value)
    {
        switch (name)
        {
            case "items" when value.ValueKind == JsonValueKind.Array: Tuple = All(value); break;
            case "items": Items = One(value); break;
            case "additionalItems": AdditionalItems = One(value); break;
            case "contains": Contains = One(value); break;
            case "uniqueItems": UniqueItems = value.GetBoolean(); break;
            case "minItems": MinItems = value.GetInt32(); break;
            case "maxItems": MaxItems = value.GetInt32(); break;
            default: return false;
        }
        return true;
    }

    private bool ReadForScalars(string name, JsonElement value)
    {
        switch (name)
        {
            case "minLength": MinLength = value.GetInt32(); break;
            case "maxLength": MaxLength = value.GetInt32(); break;
            case "minimum": Minimum = value.GetDouble(); break;
            case "maximum": Maximum = value.GetDouble(); break;
            case "exclusiveMinimum": ExclusiveMinimum = value.GetDouble(); break;
            case "exclusiveMaximum": ExclusiveMaximum = value.GetDouble(); break;
            case "pattern": Pattern = Expression(value.GetString()!); break;
            case "format": Format = value.GetString(); break;
            default: return false;
        }
        return true;
    }

    /// <summary>Long lists of words are sought in a set; anything else is compared one by one.</summary>
    private void SetEnum(JsonElement[] values)
    {
        if (values.All(v => v.ValueKind == JsonValueKind.String)) EnumTexts = [.. values.Select(v => v.GetString()!)];
        else Enum = values;
    }

    private JsonSchema One(JsonElement schema) => new(schema, _resolve);

    private JsonSchema[] All(JsonElement schemas) => [.. schemas.EnumerateArray().Select(One)];

    private static Regex Expression(string pattern) => new(pattern, RegexOptions.CultureInvariant, s_patternTime);
}
