using System.Globalization;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.GitHubActions.Expressions.Types;

namespace Signalbox.Audit.GitHub;

internal enum ConstantKind { Null, Boolean, Number, Text }

/// <param name="Text">What it is when it is put into text.</param>
internal sealed record ConstantValue(ConstantKind Kind, string Text)
{
    public bool IsTrue => Kind switch
    {
        ConstantKind.Null => false,
        ConstantKind.Boolean => Text == "true",
        ConstantKind.Number => Text is not ("0" or "-0" or "NaN"),
        _ => Text.Length > 0,
    };

    /// <summary>As an expression writes it.</summary>
    public string AsLiteral => Kind switch
    {
        ConstantKind.Text => "'" + Text.Replace("'", "''", StringComparison.Ordinal) + "'",
        ConstantKind.Null => "null",
        _ => Text,
    };

    public static ConstantValue Of(bool value) => new(ConstantKind.Boolean, value ? "true" : "false");
}

/// <summary>Evaluates what does not depend on the run (docs.github.com, "Evaluate expressions"): text compares without case, and types meet as numbers.</summary>
internal static class Constants
{
    /// <returns>Null where the value depends on the run, or cannot be told.</returns>
    public static ConstantValue? Value(Expression expression) => expression switch
    {
        NullLiteral => new(ConstantKind.Null, ""),
        BooleanLiteral literal => ConstantValue.Of(literal.Value),
        NumberLiteral literal => new(ConstantKind.Number, literal.Value.ToString("R", CultureInfo.InvariantCulture)),
        StringLiteral literal => new(ConstantKind.Text, literal.Value),
        NotOperation not => Value(not.Operand) is { } value ? ConstantValue.Of(!value.IsTrue) : null,
        LogicalOperation logical => Value(logical.Left) is { } left && Value(logical.Right) is { } right ? left.IsTrue == logical.IsAnd ? right : left : null,
        Comparison comparison => Value(comparison.Left) is { } left && Value(comparison.Right) is { } right ? Compare(comparison.Operator, left, right) : null,
        FunctionCall call => Call(call),
        _ => null,
    };

    private static ConstantValue? Call(FunctionCall call)
    {
        var arguments = new List<string>();
        foreach (var argument in call.Arguments)
            if (Value(argument) is { } value) arguments.Add(value.Text);
            else return null;
        return (call.Name.ToLowerInvariant(), arguments) switch
        {
            ("contains", [var text, var part]) => ConstantValue.Of(text.Contains(part, StringComparison.OrdinalIgnoreCase)),
            ("startswith", [var text, var part]) => ConstantValue.Of(text.StartsWith(part, StringComparison.OrdinalIgnoreCase)),
            ("endswith", [var text, var part]) => ConstantValue.Of(text.EndsWith(part, StringComparison.OrdinalIgnoreCase)),
            ("format", [var template, ..]) => Format(template, arguments),
            ("join", [var text, ..]) => new(ConstantKind.Text, text),
            ("tojson", [var text]) => new(ConstantKind.Text, Value(call.Arguments[0])!.Kind == ConstantKind.Text ? $"\"{text}\"" : text),
            ("fromjson", [var text]) => Json(text),
            _ => null,
        };
    }

    private static ConstantValue? Format(string template, List<string> arguments)
    {
        if (FormatTemplate.Holders(template).Any(h => h + 1 >= arguments.Count)) return null;
        for (var i = 1; i < arguments.Count; i++) template = template.Replace($"{{{i - 1}}}", arguments[i], StringComparison.Ordinal);
        return new(ConstantKind.Text, template.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal));
    }

    // lists and objects from JSON are how constants of that kind are written: they hide nothing
    private static ConstantValue? Json(string text) => JsonType.Of(text, out _) switch
    {
        NumberType => new(ConstantKind.Number, text.Trim()),
        BooleanType => new(ConstantKind.Boolean, text.Trim()),
        StringType => new(ConstantKind.Text, text.Trim().Trim('"')),
        NullType => new(ConstantKind.Null, ""),
        _ => null,
    };

    private static ConstantValue Compare(string sign, ConstantValue left, ConstantValue right)
    {
        if (left.Kind == ConstantKind.Text && right.Kind == ConstantKind.Text)
        {
            var order = string.Compare(left.Text, right.Text, StringComparison.OrdinalIgnoreCase);
            return ConstantValue.Of(Holds(sign, order, 0));
        }
        return ConstantValue.Of(Holds(sign, Number(left), Number(right)));
    }

    private static bool Holds(string sign, double left, double right) => sign switch
    {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    };

    private static double Number(ConstantValue value) => value.Kind switch
    {
        ConstantKind.Null => 0,
        ConstantKind.Boolean => value.Text == "true" ? 1 : 0,
        _ when value.Text.Length == 0 => 0,
        _ => double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN,
    };
}
