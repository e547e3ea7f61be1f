using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>Which of an expression's parts can reach its value.</summary>
internal static class ExpressionFlow
{
    /// <summary>The accesses whose text may be in the result: comparisons and the functions that answer yes or no let nothing through.</summary>
    public static IEnumerable<Expression> Leaves(Expression expression) => expression switch
    {
        // the left of "and" is seen only where it is empty or false
        LogicalOperation { IsAnd: true } and => Leaves(and.Right),
        LogicalOperation or => Leaves(or.Left).Concat(Leaves(or.Right)),
        FunctionCall call => Call(call),
        ContextName or PropertyAccess or FilterAccess or IndexAccess => [expression],
        _ => [],
    };

    private static IEnumerable<Expression> Call(FunctionCall call) => call.Name.ToLowerInvariant() switch
    {
        "format" or "join" or "tojson" or "fromjson" => call.Arguments.SelectMany(Leaves),
        "case" => call.Arguments.Where((_, i) => i % 2 == 1 || i == call.Arguments.Count - 1).SelectMany(Leaves),
        _ => [],
    };
}
