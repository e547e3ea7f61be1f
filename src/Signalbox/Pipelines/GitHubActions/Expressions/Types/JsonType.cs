using System.Text.Json;

namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>What <c>fromJSON</c> of a literal gives.</summary>
internal static class JsonType
{
    /// <returns>Null where the text is not JSON.</returns>
    public static ExpressionType? Of(string json, out string? error)
    {
        error = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException e)
        {
            error = $"it breaks at character {e.BytePositionInLine + 1}";
            return null;
        }
    }

    private static ExpressionType Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ObjectType.Of(value.EnumerateObject().Select(p => (p.Name, Of(p.Value)))),
        JsonValueKind.Array => new ArrayType(value.GetArrayLength() == 0 ? ExpressionType.Any : value.EnumerateArray().Select(Of).Aggregate((a, b) => a.Or(b))),
        JsonValueKind.Number => ExpressionType.Number,
        JsonValueKind.String => ExpressionType.String,
        JsonValueKind.True or JsonValueKind.False => ExpressionType.Boolean,
        _ => ExpressionType.Null,
    };
}
