using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class WildcardRbacRuleRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "wildcard-rbac-rule", "Wildcard in a role", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "It grants what does not exist yet",
        "List the resources and verbs that are needed")
    {
        Details = "A wildcard in apiGroups alone is shown to `--persona pedantic`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsRole(target) || RbacRole.IsBuiltIn(target.Name)) return;
        foreach (var rule in RbacRole.Rules(target))
            foreach (var list in (ReadOnlySpan<string>)["resources", "verbs", "apiGroups"])
                if (RbacRole.HasWildcard(rule, list))
                {
                    report.At(rule.Entry(list)!.Range, $"{target.Title} allows every one of its {list}", "expected a list", level: list == "apiGroups" ? Level.Pedantic : null);
                    break;
                }
    }
}
