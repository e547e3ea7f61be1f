using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class AutoMergeConfusedDeputyRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "auto-merge-confused-deputy", "Auto-merge decided by a spoofable actor", Theme.Triggers, RuleSeverity.High, ["github-actions"],
        "A bot made to act for an attacker merges the attacker's code", "Let the author of the change decide (github.event.pull_request.user.login), and ask for a review or checks that must pass");

    // actions whose work is to merge or approve, from their README
    private static readonly string[] s_actions =
    [
        "hmarr/auto-approve-action", "pascalgn/automerge-action", "ahmadnassri/action-dependabot-auto-merge", "reitermarkus/automerge", "peter-evans/enable-pull-request-automerge", "endbug/automerge",
        "plm/auto-merge", "cognitedata/auto-approve-dependabot-action", "koj-co/dependabot-pr-action", "fastify/github-action-merge-dependabot", "ridedott/merge-me-action", "juliangruber/approve-pull-request-action",
    ];

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (!workflow.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged || t.Name is "pull_request")) return;
        foreach (var job in workflow.Pipeline.Jobs)
            foreach (var step in job.Steps)
                if (Merges(step) is { } where && (TrustsActor(job.Condition) || TrustsActor(step.Condition)) && !AsksForTheAuthor(job.Condition) && !AsksForTheAuthor(step.Condition))
                    report.At(where, "the change is approved or merged because of who acted last", "expected its author to decide");
    }

    private static Yaml.TextRange? Merges(Step step)
    {
        if (step.Uses is { } uses) return s_actions.Contains(uses.Name, StringComparer.OrdinalIgnoreCase) ? uses.Range : null;
        return step.Script?.Shell.Commands.FirstOrDefault(Merges) is { } command ? step.Script.InFile(command.Range) : null;
    }

    private static bool Merges(ShellCommand command) =>
        command.Is("gh", "pr", "merge") || (command.Is("gh", "pr", "review") && (command.Has("--approve") || command.Has("-a"))) || command.Is("hub", "merge");

    private static bool TrustsActor(Condition? condition) => condition is not null && condition.Text.Contains("[bot]", StringComparison.Ordinal)
        && (condition.Text.Contains("github.actor", StringComparison.OrdinalIgnoreCase) || condition.Text.Contains("github.triggering_actor", StringComparison.OrdinalIgnoreCase));

    // with the author beside it, the actor lets nobody in
    private static bool AsksForTheAuthor(Condition? condition) => condition is not null && ExpressionParser.Bare(condition.Text).Root is { } root && SpoofableActorCheckRule.AsksForTheAuthor(root);
}
