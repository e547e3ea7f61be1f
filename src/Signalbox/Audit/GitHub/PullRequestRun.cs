using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>What a condition is in a run that a pull request started.</summary>
internal static class PullRequestRun
{
    /// <summary>Whether a job can run for a pull request: its own condition and those of the jobs it needs allow it.</summary>
    public static bool Reaches(Pipeline pipeline, Job job) => Reaches(pipeline, job, []);

    private static bool Reaches(Pipeline pipeline, Job job, HashSet<string> seen)
    {
        if (!seen.Add(job.Id)) return true;
        if (!Allows(job.Condition)) return false;
        return job.Condition?.RunsAfterFailure == true || job.Needs.All(n => pipeline.Job(n.Id) is not { } before || Reaches(pipeline, before, seen));
    }

    /// <summary>Whether a condition may be true; none is.</summary>
    public static bool Allows(Condition? condition)
    {
        if (condition is null) return true;
        var text = condition.Text;
        var parsed = ExpressionParser.Bare(text);
        if (parsed.Root is { } root) return Value(root) != false;
        // several expressions in one text are always true
        return true;
    }

    private static bool? Value(Expression expression) => expression switch
    {
        BooleanLiteral literal => literal.Value,
        NotOperation not => !Value(not.Operand),
        LogicalOperation { IsAnd: true } and => And(Value(and.Left), Value(and.Right)),
        LogicalOperation or => !And(!Value(or.Left), !Value(or.Right)),
        Comparison { IsEquality: true } comparison => Known(comparison) is { } same ? same == (comparison.Operator == "==") : null,
        FunctionCall call when call.Is("startsWith") && call.Arguments is [{ Path: "github.ref" }, StringLiteral prefix] => "refs/pull/".StartsWith(prefix.Value, StringComparison.OrdinalIgnoreCase) || prefix.Value.StartsWith("refs/pull/", StringComparison.OrdinalIgnoreCase),
        FunctionCall call when call.Is("startsWith") && call.Arguments is [{ Path: "github.event_name" }, StringLiteral prefix] => "pull_request".StartsWith(prefix.Value, StringComparison.OrdinalIgnoreCase),
        FunctionCall call when call.Is("contains") && call.Arguments is [{ Path: "github.ref" }, StringLiteral part] => part.Value.Contains("pull", StringComparison.OrdinalIgnoreCase) ? null : false,
        FunctionCall call when call.Is("contains") && call.Arguments is [_, { Path: "github.ref" or "github.ref_name" }] => false,
        PropertyAccess { Path: "github.event.pull_request.merged" } => null,
        _ => null,
    };

    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    private static bool? Known(Comparison comparison)
    {
        var (context, literal) = comparison.Left is StringLiteral or BooleanLiteral ? (comparison.Right, comparison.Left) : (comparison.Left, comparison.Right);
        return (context.Path, literal) switch
        {
            ("github.event_name", StringLiteral text) => text.Value.StartsWith("pull_request", StringComparison.OrdinalIgnoreCase),
            ("github.ref", StringLiteral text) => text.Value.StartsWith("refs/pull/", StringComparison.OrdinalIgnoreCase) ? null : false,
            ("github.ref_name", StringLiteral) => false,
            ("github.ref_type", StringLiteral text) => text.Value == "branch" ? null : false,
            // a merged change was reviewed
            ("github.event.pull_request.merged", BooleanLiteral { Value: true }) => false,
            _ => null,
        };
    }
}
