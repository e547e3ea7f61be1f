using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>The type of the <c>matrix</c> context, from the values that are written.</summary>
internal sealed class MatrixTypes(ExpressionScope scope)
{
    public ObjectType Of(YamlNode? matrix) => matrix is YamlMapping map ? OfMapping(map) : TypeOf(matrix) is ObjectType whole ? FromWhole(whole) : ObjectType.Loose;

    private ObjectType OfMapping(YamlMapping map)
    {
        var type = ObjectType.Of(map.Entries().Where(e => e.Key.Value is not ("include" or "exclude")).Select(e => (e.Key.Value, Row(e.Value))));
        return map.Get("include") switch
        {
            null => type,
            YamlSequence list => list.Items.Aggregate(type, Included),
            var whole => TypeOf(whole) is ArrayType { Element: ObjectType element } ? (ObjectType)type.Or(element) : ObjectType.Loose,
        };
    }

    /// <summary>A combination adds its values to the rows.</summary>
    private ObjectType Included(ObjectType type, YamlNode item)
    {
        if (item is not YamlMapping map) return TypeOf(item) is ObjectType whole ? (ObjectType)type.Or(whole) : type with { Others = ExpressionType.Any };
        foreach (var entry in map.Entries())
        {
            var value = TypeOf(entry.Value);
            type = type.With(entry.Key.Value, type.Properties.TryGetValue(entry.Key.Value, out var known) ? known.Or(value) : value);
        }
        return type;
    }

    private static ObjectType FromWhole(ObjectType whole)
    {
        var rows = whole.Properties.Where(p => p.Key is not ("include" or "exclude"))
            .Select(p => (p.Key, p.Value is ArrayType list ? list.Element : ExpressionType.Any));
        var type = ObjectType.Of(rows) with { Others = whole.Others };
        return whole.Properties.GetValueOrDefault("include") is ArrayType { Element: ObjectType element } ? (ObjectType)type.Or(element) : type;
    }

    private ExpressionType Row(YamlNode values) => values switch
    {
        YamlSequence { Items.Count: > 0 } list => list.Items.Select(TypeOf).Aggregate((a, b) => a.Or(b)),
        YamlScalar when TypeOf(values) is ArrayType list => list.Element,
        _ => ExpressionType.Any,
    };

    private ExpressionType TypeOf(YamlNode? node) => node switch
    {
        YamlMapping map => ObjectType.Of(map.Entries().Select(e => (e.Key.Value, TypeOf(e.Value)))),
        YamlSequence { Items.Count: 0 } => new ArrayType(ExpressionType.Any),
        YamlSequence list => new ArrayType(list.Items.Select(TypeOf).Aggregate((a, b) => a.Or(b))),
        YamlScalar scalar => TypeOf(scalar),
        _ => ExpressionType.Any,
    };

    private ExpressionType TypeOf(YamlScalar scalar)
    {
        if (ExpressionText.Read(scalar, ExpressionPlace.JobStrategy, ValueShape.Any, null, null) is { } text)
            return !text.IsOneExpression ? ExpressionType.String : text.Parts[0].Root is { } root ? TypeChecker.Check(root, scope).Type : ExpressionType.Any;
        if (scalar.IsNull) return ExpressionType.Null;
        if (scalar.AsBoolean is not null) return ExpressionType.Boolean;
        return scalar.IsPlain && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? ExpressionType.Number : ExpressionType.String;
    }
}
