using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnableActionRule : Rule, IChecks<GitHubAction>
{
    public override RuleInfo Info { get; } = new(
        "unpinnable-action", "Action that pulls mutable parts itself", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "Pinning the caller does not pin what the action fetches", "Pin the actions and images that this action uses, so that whoever pins it gets the same code")
    {
        Details = "One finding for the action: used actions by tag or branch, or an image by tag.",
    };

    public void Check(GitHubAction action, Report report)
    {
        if (action.Using == "docker" && action.Root.Get("runs", "image") is YamlScalar image && image.Value.StartsWith("docker://", StringComparison.OrdinalIgnoreCase) && !image.Value.Contains("@sha256:", StringComparison.Ordinal))
            report.At(image, $"the action runs image '{YamlQuote.Short(image.Value)}', which can change under whoever pinned the action");
        foreach (var uses in action.Fragment.Uses.Where(u => !u.IsLocal))
        {
            if (uses.IsImage ? uses.Name.Contains("@sha256:", StringComparison.Ordinal) : UnpinnedActionRule.IsCommit(uses.Ref) || uses.Ref is null) continue;
            report.At(uses.Range, $"the action uses '{YamlQuote.Short(uses.Name)}', which can change under whoever pinned the action");
            return;
        }
    }
}
