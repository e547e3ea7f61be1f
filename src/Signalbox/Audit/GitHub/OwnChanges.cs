using System.Runtime.CompilerServices;
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

    private static readonly ConditionalWeakTable<Pipeline, HashSet<string>> s_guarded = [];

    /// <summary>Whether a job runs for changes of one's own alone: by its condition, or by that of a job without which it does not run.</summary>
    public static bool Only(Pipeline pipeline, Job job) => s_guarded.GetValue(pipeline, Guarded).Contains(job.Id);

    private static HashSet<string> Guarded(Pipeline pipeline)
    {
        var after = pipeline.Jobs.Where(j => j.Condition?.RunsAfterFailure != true).SelectMany(j => j.Needs.Select(n => (n.Id, Job: j.Id))).ToLookup(n => n.Id, n => n.Job, StringComparer.Ordinal);
        var found = pipeline.Jobs.Where(j => Only(pipeline, j.Condition)).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        var open = new Stack<string>(found);
        while (open.TryPop(out var guard))
            foreach (var job in after[guard])
                if (found.Add(job)) open.Push(job);
        return found;
    }

    /// <summary>Whether a condition cannot be true for a change of an outsider.</summary>
    public static bool Only(Pipeline pipeline, Condition? condition) => condition is not null && ExpressionParser.Bare(condition.Text).Root is { } root && Only(root, Forks(pipeline));

    // what an event does not carry is empty, and so no fork: on a comment the test is always true
    private static string[] Forks(Pipeline pipeline)
    {
        var events = pipeline.Triggers.Where(t => t.Kind == TriggerKinds.Privileged).Select(t => t.Name).Distinct().ToList();
        return events switch { ["pull_request_target"] => [s_forks[0]], ["workflow_run"] => [s_forks[1]], _ => [] };
    }

    private static bool Only(Expression expression, string[] forks) => expression switch
    {
        LogicalOperation { IsAnd: true } both => Only(both.Left, forks) || Only(both.Right, forks),
        LogicalOperation either => Only(either.Left, forks) && Only(either.Right, forks),
        NotOperation { Operand: { } fork } => forks.Contains(fork.Path),
        Comparison { IsEquality: true } comparison => Asks(comparison, comparison.Left, comparison.Right, forks) || Asks(comparison, comparison.Right, comparison.Left, forks),
        _ => false,
    };

    private static bool Asks(Comparison comparison, Expression asked, Expression wanted, string[] forks)
    {
        if (forks.Contains(asked.Path)) return wanted is BooleanLiteral literal && literal.Value == (comparison.Operator == "!=");
        if (comparison.Operator != "==" || asked.Path is not { } path) return false;
        return s_origins.Contains(path) ? wanted.Path == "github.repository" || wanted is StringLiteral
            : s_authors.Contains(path) ? wanted is StringLiteral { Value.Length: > 0 } or NumberLiteral
            : path is "github.event_name" or "github.event.workflow_run.event" && wanted is StringLiteral word && s_events.Contains(word.Value);
    }
}
