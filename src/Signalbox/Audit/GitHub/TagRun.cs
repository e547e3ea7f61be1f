using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>What a condition is in a run that a pushed tag started.</summary>
internal static class TagRun
{
    /// <returns>Null where it depends on more than that.</returns>
    public static bool? Value(Expression expression) => expression switch
    {
        BooleanLiteral literal => literal.Value,
        NotOperation not => !Value(not.Operand),
        LogicalOperation { IsAnd: true } and => And(Value(and.Left), Value(and.Right)),
        LogicalOperation or => !And(!Value(or.Left), !Value(or.Right)),
        FunctionCall call when call.Is("startsWith") && call.Arguments is [{ Path: "github.ref" }, StringLiteral prefix] => Starts(prefix.Value),
        Comparison { IsEquality: true } comparison => Known(comparison) is { } same ? same == (comparison.Operator == "==") : null,
        _ => null,
    };

    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    private static bool? Starts(string prefix) => prefix.StartsWith("refs/tags/", StringComparison.OrdinalIgnoreCase) && prefix.Length > 10 ? null : "refs/tags/".StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static bool? Known(Comparison comparison)
    {
        var (context, literal) = comparison.Left is StringLiteral text ? (comparison.Right, text) : (comparison.Left, comparison.Right as StringLiteral);
        return (context.Path, literal?.Value) switch
        {
            ("github.event_name", "push") => true,
            ("github.event_name", "release") => null,
            ("github.event_name", not null) => false,
            ("github.ref_type", { } type) => type.Equals("tag", StringComparison.OrdinalIgnoreCase),
            ("github.ref", { } reference) when !reference.StartsWith("refs/tags/", StringComparison.Ordinal) => false,
            _ => null,
        };
    }
}
