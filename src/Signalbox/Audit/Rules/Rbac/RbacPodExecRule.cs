using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RbacPodExecRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "rbac-pod-exec", "Role may exec or attach", Theme.Rbac, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "A shell in every pod",
        "Take pods/exec and pods/attach out of the role; debug with a role that is granted for the hour")
    {
        Details = "Roles, and bindings to them. A binding whose role no manifest declares, or to the built-in edit and admin roles, is shown to `--persona auditor`; a rule that allows everything, which is `wildcard-rbac-rule`, to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, role) in cluster.OfKinds("Role", "ClusterRole"))
            if (RbacRole.IsRole(role) && !RbacRole.IsBuiltIn(role.Name) && RbacRole.Rules(role).FirstOrDefault(RbacRole.AllowsExec) is { } rule)
                report.In(file, rule.Entry("resources")!.Range, $"{role.Title} may run commands in pods", "pods/exec or pods/attach", level: RbacRole.Folded(rule));
        foreach (var (file, binding) in cluster.OfKinds("RoleBinding", "ClusterRoleBinding"))
            if (RbacRole.IsBinding(binding) && !IsOwn(binding.Name))
                CheckBinding(cluster, file, binding, report);
    }

    private static void CheckBinding(Cluster cluster, SourceFile file, KubernetesObject binding, Report report)
    {
        var (name, place) = (binding.Root.Get("roleRef").Text("name") ?? "", binding.Root.Entry("roleRef")?.Range ?? binding.Range);
        var bound = RbacRole.Bound(cluster, binding).ToList();
        if (bound.Any(r => RbacRole.Rules(r.Document).Any(RbacRole.AllowsExec)))
            report.In(file, place, $"{binding.Title} gives '{YamlQuote.Short(name)}' away, which may run commands in pods", "pods/exec or pods/attach", level: Level.Pedantic);
        else if (bound.Count == 0 && name is "edit" or "admin")
            report.In(file, place, $"{binding.Title} gives '{name}' away, which may run commands in pods", "pods/exec or pods/attach", level: Level.Auditor);
        else if (bound.Count == 0 && name is not ("view" or "cluster-admin") && !name.StartsWith("system:", StringComparison.Ordinal))
            report.In(file, place, $"{binding.Title} gives '{YamlQuote.Short(name)}' away, which no manifest declares: it may run commands in pods", "expected the role beside its binding", level: new(Confidence: Confidence.Low, Persona: Persona.Auditor));
    }

    private static bool IsOwn(string name) => name.StartsWith("system:", StringComparison.Ordinal) || name is "cluster-admin" or "gce:podsecuritypolicy:calico-sa";
}
