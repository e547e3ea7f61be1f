using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Api;

namespace Signalbox.Cli.Control;

/// <summary>
/// Answers of a control plane as one of this version gives them: with all that is always there, and no null where none belongs, in a list neither. What is
/// not so is no answer, and is said to be none before any verb looks at it.
/// </summary>
internal static class Answers
{
    private static readonly JsonSerializerOptions s_whole = new(ApiJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = ApiJson.Default.WithAddedModifier(Demand),
    };

    /// <summary>Reading by it throws <see cref="JsonException"/> where something is amiss.</summary>
    public static JsonTypeInfo<T> Whole<T>(JsonTypeInfo<T> type) => (JsonTypeInfo<T>)s_whole.GetTypeInfo(type.Type);

    private static void Demand(JsonTypeInfo type)
    {
        // a number or a time that is missing is its default, and some are not written then
        if (type.Kind == JsonTypeInfoKind.Object)
            foreach (var member in type.Properties)
                member.IsRequired |= member.AssociatedParameter is { IsNullable: false, HasDefaultValue: false, ParameterType.IsValueType: false };
        // the serialiser sees to members alone
        if (type.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary) type.OnDeserialized = HasNoNull;
    }

    private static void HasNoNull(object read)
    {
        foreach (var one in read is IDictionary dictionary ? dictionary.Values : (IEnumerable)read)
            if (one is null) throw new JsonException("null where a list has something");
    }
}
