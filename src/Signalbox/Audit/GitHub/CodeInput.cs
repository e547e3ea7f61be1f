using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.GitHub;

/// <summary>Values of a workflow that are run as code: scripts, and the inputs of actions that take code.</summary>
internal static class CodeInput
{
    /// <summary>Inputs whose value the action runs or evaluates, from each action's README; a great part is also listed in GitHub's own CodeQL models.</summary>
    private static readonly Dictionary<string, string[]> s_inputs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["actions/github-script"] = ["script"],
        ["appleboy/ssh-action"] = ["script"],
        ["azure/cli"] = ["inlineScript"],
        ["azure/powershell"] = ["inlineScript"],
        ["amadevus/pwsh-script"] = ["script"],
        ["jannekem/run-python-script-action"] = ["script"],
        ["cardinalby/js-eval-action"] = ["expression"],
        ["addnab/docker-run-action"] = ["options", "run"],
        ["mikefarah/yq"] = ["cmd"],
        ["sergeysova/jq-action"] = ["cmd"],
        ["devorbitus/yq-action-output"] = ["cmd"],
        ["8398a7/action-slack"] = ["custom_payload"],
        ["gautamkrishnar/blog-post-workflow"] = ["item_exec"],
        ["nick-fields/retry"] = ["command", "on_retry_command"],
        ["nick-invision/retry"] = ["command", "on_retry_command"],
        ["imjohnbo/issue-bot"] = ["body", "linked-comments-previous-issue-text", "linked-comments-new-issue-text"],
        ["lucasbento/auto-close-issues"] = ["issue-close-message"],
        ["roots/issue-closer-action"] = ["issue-close-message", "pr-close-message"],
        ["skitionek/notify-microsoft-teams"] = ["overwrite"],
        ["tibdex/backport"] = ["body_template", "head_template", "labels_template", "title_template"],
        ["wandalen/wretry.action"] = ["command"],
        ["cloudflare/wrangler-action"] = ["command", "preCommands", "postCommands"],
        ["azure/aks-set-context"] = [],
    };

    /// <summary>Whether the text's value is run as code.</summary>
    public static bool Is(ExpressionText text)
    {
        if (text.Step is not { } step) return false;
        if (text.Place == ExpressionPlace.StepRun) return true;
        if (text.Place != ExpressionPlace.StepWith || step.Uses is not { } uses || !s_inputs.TryGetValue(uses.Name, out var inputs)) return false;
        return step.Inputs.Any(i => ReferenceEquals(i.Node, text.Scalar) && inputs.Contains(i.Name, StringComparer.OrdinalIgnoreCase));
    }
}
