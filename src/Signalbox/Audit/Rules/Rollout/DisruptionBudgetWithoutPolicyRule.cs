using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DisruptionBudgetWithoutPolicyRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "disruption-budget-without-policy", "Disruption budget without a limit", Theme.Rollout, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Neither minimum nor maximum is stated",
        "Add maxUnavailable: 1")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind == "PodDisruptionBudget" && !target.IsPartial && target.Spec.Entry("minAvailable") is null && target.Spec.Entry("maxUnavailable") is null)
            report.At(target.Range, $"{target.Title} states no limit", "expected maxUnavailable or minAvailable",
                fix: target.Spec is YamlMapping spec ? report.Set(FixSafety.Unsafe, "let one pod go at a time", spec, "1", "maxUnavailable") : null);
    }
}
