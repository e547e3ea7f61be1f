using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnhealthyPodsBlockDrainRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "unhealthy-pods-block-drain", "Unhealthy pods may block a drain", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Pods that never become ready hold the node",
        "Set unhealthyPodEvictionPolicy: AlwaysAllow")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Safe,
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "PodDisruptionBudget" || target.IsPartial || target.Spec is not YamlMapping spec) return;
        var policy = spec.Entry("unhealthyPodEvictionPolicy");
        if (policy?.Value.Text() == "AlwaysAllow") return;
        report.At(policy?.Range ?? target.Range, $"{target.Title} keeps pods that never became ready from being evicted", "expected unhealthyPodEvictionPolicy: AlwaysAllow",
            fix: target.ApiVersion == "policy/v1" ? report.Set(FixSafety.Safe, "let unhealthy pods be evicted", spec, "AlwaysAllow", "unhealthyPodEvictionPolicy") : null);
    }
}
