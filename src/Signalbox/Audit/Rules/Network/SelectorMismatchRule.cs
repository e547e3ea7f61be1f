using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SelectorMismatchRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "selector-mismatch", "Selector does not match the pod template", Theme.Network, RuleSeverity.Critical, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The API server rejects the workload",
        "Give the pod template every label that the selector asks for");

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || target.Pod is not { } pod) return;
        var (owner, selector) = target.Kind == "CronJob" ? (null, target.Spec.Get("jobTemplate", "spec").Entry("selector")) : (target, target.Spec.Entry("selector"));
        if (selector is null || selector.Value.Entries().Count == 0 || target.Kind is "Pod" or "ScaledJob") return;
        if (owner is null ? LabelSelector.Matches(selector.Value, pod.Labels) : LabelSelector.MatchesOwn(owner, pod.Labels)) return;
        report.At(selector.Range, $"the selector of {target.Title} does not match its own pods", "the API server refuses it");
    }
}
