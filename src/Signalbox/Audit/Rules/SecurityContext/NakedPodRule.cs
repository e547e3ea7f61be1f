using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NakedPodRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "naked-pod", "Pod without a controller", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Nobody restarts it elsewhere",
        "Let a Deployment, StatefulSet or Job own the pod")
    {
        Details = "Test hooks of Helm charts are left out.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Pod" || target.IsPartial || target.Metadata.Get("ownerReferences").Items().Count > 0 || target.Annotation("helm.sh/hook") is not null) return;
        report.At(target.Range, $"{target.Title} has no controller that starts it anew", "expected a Deployment, StatefulSet or Job");
    }
}
