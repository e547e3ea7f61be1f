using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RbacPodCreateRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rbac-pod-create", "Role may create pods", Theme.Rbac, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Whoever creates pods can mount any secret there",
        "Let a controller create the pods, and grant the right on its own kind alone")
    {
        Persona = Persona.Pedantic,
        Details = "Workloads count like pods: whoever creates a Deployment creates pods.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsRole(target) || RbacRole.IsBuiltIn(target.Name)) return;
        foreach (var rule in RbacRole.Rules(target))
            if (RbacRole.Names(rule, "verbs", "create") && (Creates(rule, "", "pods") || Creates(rule, "apps", "deployments", "statefulsets", "replicasets", "daemonsets") || Creates(rule, "batch", "jobs", "cronjobs")))
                report.At(rule.Entry("resources")!.Range, $"{target.Title} may create pods", "and mount any secret of the namespace in them");
    }

    private static bool Creates(YamlMapping rule, string group, params ReadOnlySpan<string> resources) => RbacRole.Names(rule, "apiGroups", group) && RbacRole.Names(rule, "resources", resources);
}
