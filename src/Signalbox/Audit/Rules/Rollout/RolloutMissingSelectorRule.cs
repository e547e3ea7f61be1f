using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RolloutMissingSelectorRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rollout-missing-selector", "Rollout without a selector", Theme.Rollout, RuleSeverity.High, ["argo-rollouts"],
        "The controller rejects it",
        "Set spec.selector.matchLabels to the labels of the pod template")
    {
        Details = "A Rollout that takes its pods from another workload (`workloadRef`) needs none.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!ArgoRollout.Is(target) || target.IsPartial || target.Spec is not YamlMapping spec || spec.Entry("workloadRef") is not null) return;
        if (spec.Entry("selector") is not { } selector)
            report.At(target.Range, $"{target.Title} has no selector", "expected spec.selector.matchLabels");
        else if (LabelSelector.IsEmpty(selector.Value))
            report.At(selector.Range, $"{target.Title} has an empty selector", "expected spec.selector.matchLabels");
    }
}
