using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AutoscalerBoundsTooLowRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "autoscaler-bounds-too-low", "Autoscaler minimum below two or no room above it", Theme.Rollout, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "Scaling in removes redundancy or scaling out is impossible",
        "Set minReplicas to two or more, and maxReplicas well above it")
    {
        Details = "No room above the minimum is shown to everyone, a minimum of one to `--persona pedantic`, and one of two to `--persona auditor`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || Bounds(target) is not { } bounds) return;
        var (least, most) = (bounds.Least?.Value.Number(), bounds.Most?.Value.Number());
        if (most is not null && (least ?? 1) >= most && least is not 0)
            report.At(bounds.Most!.Range, $"{target.Title} cannot scale: {most} at most, {least ?? 1} at least", "expected room above the minimum");
        else if (least is 1)
            report.At(bounds.Least!.Range, $"{target.Title} may leave one pod", "expected two or more", level: Level.Pedantic);
        else if (least is 2)
            report.At(bounds.Least!.Range, $"{target.Title} may leave two pods", "three survive a node during a rollout", level: Level.Auditor);
    }

    private static (YamlEntry? Least, YamlEntry? Most)? Bounds(KubernetesObject target) => target.Kind switch
    {
        "HorizontalPodAutoscaler" => (target.Spec.Entry("minReplicas"), target.Spec.Entry("maxReplicas")),
        _ => null,
    };
}
