using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RbacSecretsAccessRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rbac-secrets-access", "Role may read secrets", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "Reading secrets is reading every credential",
        "Name the secrets in resourceNames and allow get alone, or mount what is needed")
    {
        Details = "A ClusterRole is shown to everyone, a Role to `--persona pedantic`, and a rule that names its secrets to `--persona auditor`. Verbs that only write are shown to `--persona pedantic`, and so is a rule that allows everything, which is `wildcard-rbac-rule`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsRole(target) || RbacRole.IsBuiltIn(target.Name)) return;
        foreach (var rule in RbacRole.Rules(target))
            if (RbacRole.Names(rule, "apiGroups", "") && RbacRole.Names(rule, "resources", "secrets") && RbacRole.Names(rule, "verbs", "get", "list", "watch", "create", "delete"))
                report.At(rule.Entry("resources")!.Range, $"{target.Title} may {(Reads(rule) ? "read" : "write")} secrets", Reads(rule) ? "every credential of its reach" : "what others take for a credential of theirs",
                    level: rule.Get("resourceNames").Items().Count > 0 ? Level.Auditor : target.Kind == "Role" || !Reads(rule) ? Level.Pedantic : RbacRole.Folded(rule));
    }

    private static bool Reads(YamlMapping rule) => RbacRole.Names(rule, "verbs", "get", "list", "watch");
}
