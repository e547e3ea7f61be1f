using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>Conditions that no change of an outsider meets: those that ask for the repository it comes from, or for its author.</summary>
internal static class OwnChanges
{
    private static readonly string[] s_origins = ["github.event.pull_request.head.repo.full_name", "github.event.workflow_run.head_repository.full_name"];
    private static readonly string[] s_forks = ["github.event.pull_request.head.repo.fork", "github.event.workflow_run.head_repository.fork"];
    private static readonly string[] s_authors = ["github.event.pull_request.user.login", "github.event.pull_request.user.id"];

    // whoever starts these may write to the repository: docs.github.com, "Events that trigger workflows"
    private static readonly HashSet<string> s_events = new(StringComparer.OrdinalIgnoreCase) { "push", "schedule", "workflow_dispatch", "release", "create", "merge_group", "repository_dispatch" };

    /// <summary>Whether a job runs for changes of one's own alone: by its condition, or by that of a job without which it does not run.</summary>
    public static bool Only(Pipeline pipeline, Job job) => Only(pipeline, job, []);

    private static bool Only(Pipeline pipeline, Job job, HashSet<string> seen) => seen.Add(job.Id)
        && (Only(job.Condition) || (job.Condition?.RunsAfterFailure != true && job.Needs.Any(n => pipeline.Job(n.Id) is { } before && Only(pipeline, before, seen))));

    /// <summary>Whether a condition cannot be true for a change of an outsider.</summary>
    public static bool Only(Condition? condition) => condition is not null && ExpressionParser.Bare(condition.Text).Root is { } root && Only(root);

    private static bool Only(Expression expression) => expression switch
    {
        LogicalOperation { IsAnd: true } both => Only(both.Left) || Only(both.Right),
        LogicalOperation either => Only(either.Left) && Only(either.Right),
        NotOperation { Operand: { } fork } => s_forks.Contains(fork.Path),
        Comparison { IsEquality: true } comparison => Asks(comparison, comparison.Left, comparison.Right) || Asks(comparison, comparison.Right, comparison.Left),
        _ => false,
    };

    private static bool Asks(Comparison comparison, Expression asked, Expression wanted)
    {
        if (s_forks.Contains(asked.Path)) return wanted is BooleanLiteral literal && literal.Value == (comparison.Operator == "!=");
        if (comparison.Operator != "==" || asked.Path is not { } path) return false;
        return s_origins.Contains(path) ? wanted.Path == "github.repository" || wanted is StringLiteral
            : s_authors.Contains(path) ? wanted is StringLiteral { Value.Length: > 0 } or NumberLiteral
            : path is "github.event_name" or "github.event.workflow_run.event" && wanted is StringLiteral word && s_events.Contains(word.Value);
    }
}
