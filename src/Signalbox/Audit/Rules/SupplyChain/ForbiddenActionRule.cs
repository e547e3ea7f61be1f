using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ForbiddenActionRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "forbidden-action", "Action not on the allow list", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "The organisation's policy does not allow this source", "Use an action the policy allows, or ask for this one to be added")
    {
        Details = "Finds nothing until the project's `signalbox.yaml` says what is allowed or denied: `audit: { actions: { allow: [\"actions/*\"], deny: [\"someone/*\"] } }`. A pattern is `owner/*`, "
            + "`owner/name` or `owner/name/path`; what is denied wins.",
    };

    protected override void Check(UsedCode uses, Report report)
    {
        if (uses is { IsLocal: true } or { IsImage: true }) return;
        var policy = report.Policy;
        if (policy.DeniedActions.Any(p => Fits(p, uses))) report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' is denied by the policy");
        else if (policy.AllowedActions.Count > 0 && !policy.AllowedActions.Any(p => Fits(p, uses))) report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' is not among the actions the policy allows");
    }

    private static bool Fits(string pattern, UsedCode uses) => pattern == "*"
        || (pattern.EndsWith("/*", StringComparison.Ordinal) ? uses.Name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) || uses.Is(pattern[..^2]) : uses.Is(pattern));
}
