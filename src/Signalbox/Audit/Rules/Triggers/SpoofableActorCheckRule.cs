using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SpoofableActorCheckRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "spoofable-actor-check", "Actor check that can be spoofed", Theme.Triggers, RuleSeverity.High, ["github-actions"],
        "The actor of the last event is not the author of the code", "Ask for the author: github.event.pull_request.user.login")
    {
        Fix = FixSafety.Safe,
        Details = "Conditions that compare the last actor with a bot. Where the check decides the condition alone or as one of several it counts most; where more is asked, confidence is medium. Where nothing is gained by it (no privileged trigger, and a job without secrets and with a token that only reads) it is shown to `--persona pedantic`. "
            + "The fix asks the event for its author, and leaves alone a condition that asks for the author already.",
    };

    private static readonly string[] s_names = ["github.actor", "github.triggering_actor", "github.event.pull_request.sender.login", "github.event.sender.login"];
    private static readonly string[] s_ids = ["github.actor_id", "github.event.pull_request.sender.id", "github.event.sender.id"];

    // accounts of dependabot[bot], dependabot-preview[bot], renovate[bot] and github-actions[bot]: api.github.com/users
    private static readonly string[] s_bots = ["49699333", "27856297", "29139614", "41898282"];

    public void Check(GitHubWorkflow workflow, Report report)
    {
        foreach (var text in workflow.Expressions)
        {
            if (text.Shape != ValueShape.Condition || text.Parts[0].Root is not { } root || Find(root) is not { } check || AsksForTheAuthor(root)) continue;
            report.At(text, check.Comparison.Range, "the last actor is compared with a bot; anyone can make a bot act last", "expected the author of the change",
                fix: Mend(text, root, check, workflow, report), level: GivesNothing(text, workflow) ? Level.Pedantic : check.Decides ? null : new(Confidence: Confidence.Medium));
        }
    }

    /// <summary>Whether what the check stands before has no rights: a fork's run has none, and this job asks for none.</summary>
    private static bool GivesNothing(ExpressionText text, GitHubWorkflow workflow)
    {
        if (workflow.Pipeline.Triggers.Any(t => t.Kind is TriggerKinds.Privileged or TriggerKinds.Called) || workflow.Pipeline.Jobs.FirstOrDefault(j => j.Body.Start <= text.Scalar.Range.Start && text.Scalar.Range.End <= j.Body.End) is not { } job) return false;
        return job is { Calls: null, Environment: null } && (job.Permissions ?? workflow.Pipeline.Permissions) is { CanWrite: false } && !workflow.Expressions.Any(e => (e.Job is null || e.Job == job) && IsOfSecrets(e));
    }

    // what the workflow's own env holds, each of its jobs has
    private static bool IsOfSecrets(ExpressionText text) => text.Parts.Any(p => p.All.Any(e => e is ContextName { Name: "secrets" }));

    /// <summary>Whether the condition cannot be true without the author being one that is named.</summary>
    internal static bool AsksForTheAuthor(Expression expression) => expression switch
    {
        LogicalOperation { IsAnd: true } both => AsksForTheAuthor(both.Left) || AsksForTheAuthor(both.Right),
        Comparison { Operator: "==" } comparison => (comparison.Left.IsLiteral ? comparison.Right : comparison.Left).Path is "github.event.pull_request.user.login" or "github.event.pull_request.user.id" && Constants.Value(comparison.Left.IsLiteral ? comparison.Left : comparison.Right) is { IsTrue: true, Kind: not ConstantKind.Boolean },
        _ => false,
    };

    private sealed record ActorCheck(Comparison Comparison, Expression Actor, bool Decides);

    /// <summary>The first comparison with a bot, and whether it alone can make the condition true.</summary>
    private static ActorCheck? Find(Expression expression, bool decides = true) => expression switch
    {
        LogicalOperation logical => Find(logical.Left, decides && !logical.IsAnd) ?? Find(logical.Right, decides && !logical.IsAnd),
        Comparison { Operator: "==" } comparison => Actor(comparison) is { } actor ? new(comparison, actor, decides) : null,
        Comparison comparison => comparison.Children.Select(c => Find(c, false)).FirstOrDefault(c => c is not null),
        FunctionCall call => call.Arguments.Select(a => Find(a, false)).FirstOrDefault(c => c is not null),
        _ => null,
    };

    private static Expression? Actor(Comparison comparison)
    {
        var (context, literal) = comparison.Left.IsLiteral ? (comparison.Right, comparison.Left) : (comparison.Left, comparison.Right);
        if (context.Path is not { } path || Constants.Value(literal) is not { } value) return null;
        var bot = s_names.Contains(path) ? value.Text.EndsWith("[bot]", StringComparison.OrdinalIgnoreCase) : s_ids.Contains(path) && s_bots.Contains(value.Text);
        return bot ? context : null;
    }

    private static Fix? Mend(ExpressionText text, Expression root, ActorCheck check, GitHubWorkflow workflow, Report report)
    {
        if (workflow.Pipeline.Triggers is not [var trigger] || Author(trigger.Name) is not { } author) return null;
        var wanted = $"github.event.{author}.{(s_ids.Contains(check.Actor.Path) ? "id" : "login")}";
        if (root.All().Any(e => e.Path == wanted)) return null;
        var range = report.InFile(text, check.Actor.Range);
        return report.File.Text.Slice(range) == text.Scalar.Value[check.Actor.Range.Start..check.Actor.Range.End] ? report.Fix(FixSafety.Safe, "ask for the author", new TextEdit(range, wanted)) : null;
    }

    // who made what the event is about: docs.github.com, "Webhook events and payloads"
    private static string? Author(string trigger) => trigger switch
    {
        "pull_request" or "pull_request_target" => "pull_request.user",
        "issue_comment" or "discussion_comment" or "pull_request_review_comment" => "comment.user",
        "pull_request_review" => "review.user",
        "issues" => "issue.user",
        "discussion" => "discussion.user",
        "release" => "release.author",
        "milestone" => "milestone.creator",
        "create" or "delete" or "label" or "project" or "fork" or "watch" or "public" => "sender",
        _ => null,
    };
}
