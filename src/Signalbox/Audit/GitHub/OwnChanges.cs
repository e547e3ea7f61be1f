using System.Runtime.CompilerServices;
using System.Text.Json;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>Conditions that no change of an outsider meets: those that ask for the repository it comes from, or for its author.</summary>
internal static class OwnChanges
{
    // what the repository of a change is known by: its full name, its number, its owner
    private const string Repository = "github.event.repository.";
    private static readonly string[] s_heads = ["github.event.pull_request.head.repo.", "github.event.workflow_run.head_repository."];
    private static readonly string[] s_bases = ["github.event.pull_request.base.repo.", "github.event.workflow_run.repository."];
    private static readonly string[] s_properties = ["full_name", "id", "node_id", "owner.login", "owner.id"];
    private static readonly string[] s_forks = ["github.event.pull_request.head.repo.fork", "github.event.workflow_run.head_repository.fork"];
    private static readonly string[] s_authors = ["github.event.pull_request.user.login", "github.event.pull_request.user.id"];

    // docs.github.com, "CommentAuthorAssociation": of a contributor it is only known that something of his was merged
    private const string Association = "github.event.pull_request.author_association";
    private static readonly string[] s_members = ["OWNER", "MEMBER", "COLLABORATOR"];

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
        FunctionCall call when call.Is("contains") && call.Arguments is [FunctionCall list, { Path: { } asked }] => list.Is("fromJSON") && list.Arguments is [StringLiteral words] && IsListOfOwn(words.Value, asked),
        Comparison { IsEquality: true } comparison => Asks(comparison, comparison.Left, comparison.Right, forks) || Asks(comparison, comparison.Right, comparison.Left, forks),
        _ => false,
    };

    private static bool Asks(Comparison comparison, Expression asked, Expression wanted, string[] forks)
    {
        if (forks.Contains(asked.Path)) return wanted is BooleanLiteral literal && literal.Value == (comparison.Operator == "!=");
        if (comparison.Operator != "==" || asked.Path is not { } path) return false;
        if (s_heads.FirstOrDefault(h => path.StartsWith(h, StringComparison.Ordinal)) is { } head && s_properties.Contains(path[head.Length..]))
            return wanted is StringLiteral { Value.Length: > 0 } or NumberLiteral || (wanted.Path is { } own && (own == OfRun(path[head.Length..]) || IsOwn(own, path[head.Length..], forks)));
        if (path == Association) return wanted is StringLiteral association && s_members.Contains(association.Value, StringComparer.OrdinalIgnoreCase);
        return s_authors.Contains(path) ? wanted is StringLiteral { Value.Length: > 0 } or NumberLiteral
            : path is "github.event_name" or "github.event.workflow_run.event" && wanted is StringLiteral word && s_events.Contains(word.Value);
    }

    // where the event carries neither side, both are empty and the same
    private static bool IsOwn(string path, string property, string[] forks) =>
        path == Repository + property || s_bases.Index().Any(b => path == b.Item + property && forks.Contains(s_forks[b.Index]));

    // docs.github.com, "Contexts": the repository that the run belongs to
    private static string? OfRun(string property) => property switch
    {
        "full_name" => "github.repository",
        "id" => "github.repository_id",
        "owner.login" => "github.repository_owner",
        "owner.id" => "github.repository_owner_id",
        _ => null,
    };

    /// <summary>Whether a list of JSON names accounts, or associations that only the repository's own people have.</summary>
    private static bool IsListOfOwn(string json, string asked)
    {
        if (asked != Association && !s_authors.Contains(asked)) return false;
        try
        {
            using var list = JsonDocument.Parse(json);
            return list.RootElement is { ValueKind: JsonValueKind.Array } names && names.EnumerateArray().All(n => n.ValueKind == JsonValueKind.String && n.GetString() is { Length: > 0 } name
                && (asked != Association || s_members.Contains(name, StringComparer.OrdinalIgnoreCase)));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
