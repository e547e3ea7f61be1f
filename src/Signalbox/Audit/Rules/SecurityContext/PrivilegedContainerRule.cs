using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PrivilegedContainerRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "privileged-container", "Privileged container", Theme.SecurityContext, RuleSeverity.Critical, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Root on the node", "Drop privileged: true; add the one capability or device the program needs")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(KubernetesObject target, Report report)
    {
        foreach (var container in target.Containers().Concat(target.Containers("initContainers")))
            if (container.SecurityContext.Entry("privileged") is { } entry && entry.Value.Boolean() == true)
                report.At(entry.Range, $"container '{YamlQuote.Short(container.Name)}' of {target.Title} is privileged", "expected false",
                    fix: report.Fix(FixSafety.Unsafe, "take the privilege away", YamlPatch.SetValue(report.File.Text, entry, "false")));
    }
}
