using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RbacEscalationRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rbac-escalation", "Role may raise its own rights", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "Bind, escalate, impersonate, webhooks and certificate approval all lead to more rights",
        "Take the right away, or name the very objects in resourceNames")
    {
        Details = "Bind and escalate on roles, impersonation, changes of admission webhooks, and approval of certificate requests; the last two, and impersonation of users, only a ClusterRole can give. Of a rule that allows everything `wildcard-rbac-rule` speaks, and this shows it to `--persona pedantic`.",
    };

    private const string Rbac = "rbac.authorization.k8s.io";

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsRole(target) || RbacRole.IsBuiltIn(target.Name)) return;
        foreach (var rule in RbacRole.Rules(target))
            if (What(rule, target.Kind == "ClusterRole") is { } what)
                report.At((rule.Entry("verbs") ?? rule.Entry("resources"))?.Range ?? rule.Range, $"{target.Title} may {what}", "a way to more rights", level: RbacRole.Folded(rule));
    }

    // users, groups, webhooks and certificate requests lie in no namespace: a Role does not reach them
    private static string? What(YamlMapping rule, bool everywhere) =>
        Allows(rule, Rbac, ["roles", "clusterroles", "rolebindings", "clusterrolebindings"], ["bind", "escalate"]) ? "bind or escalate roles"
        : Allows(rule, "", everywhere ? ["users", "groups", "serviceaccounts"] : ["serviceaccounts"], ["impersonate"]) || (everywhere && Allows(rule, "authentication.k8s.io", ["userextras", "uids"], ["impersonate"])) ? "impersonate others"
        : everywhere && Allows(rule, "admissionregistration.k8s.io", ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"], ["create", "update", "patch"]) ? "change admission webhooks"
        : everywhere && (Allows(rule, "certificates.k8s.io", ["certificatesigningrequests/approval"], ["update", "patch"]) || Allows(rule, "certificates.k8s.io", ["signers"], ["approve"])) ? "approve certificates"
        : null;

    private static bool Allows(YamlMapping rule, string group, ReadOnlySpan<string> resources, ReadOnlySpan<string> verbs) =>
        RbacRole.Names(rule, "apiGroups", group) && RbacRole.Names(rule, "resources", resources) && RbacRole.Names(rule, "verbs", verbs);
}
