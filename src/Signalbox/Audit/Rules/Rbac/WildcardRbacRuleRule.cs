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
        Details = "A wildcard in apiGroups alone is shown to `--persona pedantic`, and so is another one beside a rule that allows everything. Reading what custom resources a group has is medium.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsRole(target) || RbacRole.IsBuiltIn(target.Name)) return;
        var everything = RbacRole.Rules(target).FirstOrDefault(RbacRole.AllowsAll);
        foreach (var rule in RbacRole.Rules(target))
            foreach (var list in (ReadOnlySpan<string>)["resources", "verbs", "apiGroups"])
                if (RbacRole.HasWildcard(rule, list))
                {
                    report.At(rule.Entry(list)!.Range, $"{target.Title} allows every one of its {list}", "expected a list", level: list == "apiGroups" || (everything is not null && !ReferenceEquals(rule, everything)) ? Level.Pedantic : ReadsCustom(rule) ? new(RuleSeverity.Medium) : null);
                    break;
                }
    }

    /// <summary>Whether it only reads kinds of groups that do not belong to Kubernetes.</summary>
    private static bool ReadsCustom(YamlMapping rule) => rule.Get("verbs").Items() is { Count: > 0 } verbs && verbs.All(v => v.Text() is "get" or "list" or "watch")
        && rule.Get("apiGroups").Items() is { Count: > 0 } groups && groups.All(g => g.Text() is { } group && group.Contains('.') && !group.EndsWith(".k8s.io", StringComparison.Ordinal));
}
