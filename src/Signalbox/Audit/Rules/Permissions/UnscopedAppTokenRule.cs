using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.Rules;

internal sealed class UnscopedAppTokenRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unscoped-app-token", "App token without repository or permission scope", Theme.Permissions, RuleSeverity.Medium, ["github-actions"],
        "The token gets everything the app may do on every repository", "Name the repositories and permission-* inputs the token needs, and let the action revoke it")
    {
        Details = "Read from `actions/create-github-app-token`. Permissions that concern an organisation alone need no repository.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses || !uses.Is("actions/create-github-app-token")) return;
        var inputs = site.Step.Inputs;
        var permissions = inputs.Where(i => i.Name.StartsWith("permission-", StringComparison.OrdinalIgnoreCase)).ToList();
        if (inputs.FirstOrDefault(i => i.Name == "skip-token-revoke") is { Value: { } kept } skip && (kept.Equals("true", StringComparison.OrdinalIgnoreCase) || kept.Contains("${{", StringComparison.Ordinal)))
            report.At(skip.Range, "the token is not revoked when the job ends");
        if (inputs.FirstOrDefault(i => i.Name == "owner") is { } owner && !inputs.Any(i => i.Name == "repositories") && !IsOrganisationOnly(permissions))
            report.At(owner.Range, "the token reaches every repository of the owner", "expected repositories");
        if (permissions.Count == 0 && site.Step.Node is not null) report.At(uses.Range, "the token has every permission of the app", "expected permission-* inputs");
    }

    private static bool IsOrganisationOnly(List<Variable> permissions) => permissions.Count > 0
        && permissions.All(p => p.Name.StartsWith("permission-organization-", StringComparison.OrdinalIgnoreCase) || p.Name.Equals("permission-members", StringComparison.OrdinalIgnoreCase) || p.Name.EndsWith("-for-organizations", StringComparison.OrdinalIgnoreCase));
}
