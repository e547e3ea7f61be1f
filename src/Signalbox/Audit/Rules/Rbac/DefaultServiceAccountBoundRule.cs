using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DefaultServiceAccountBoundRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "default-service-account-bound", "Role bound to the default service account", Theme.Rbac, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Every pod of the namespace gets the role",
        "Bind a service account that only the workload in question uses");

    public void Check(KubernetesObject target, Report report)
    {
        if (!RbacRole.IsBinding(target)) return;
        foreach (var subject in target.Root.Get("subjects").Items())
            if (subject.Text("kind") == "ServiceAccount" && subject.Text("name") == "default")
                report.At(subject.Entry("name")!.Range, $"{target.Title} gives its role to every pod of the namespace", "expected a service account of its own");
    }
}
