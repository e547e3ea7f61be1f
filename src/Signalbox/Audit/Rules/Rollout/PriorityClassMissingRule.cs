using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class PriorityClassMissingRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "priority-class-missing", "No priority class", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Under pressure important pods go first",
        "Name a PriorityClass in priorityClassName")
    {
        Persona = Persona.Auditor,
    };

    public void Check(Pod pod, Report report)
    {
        if (!pod.Owner.IsPartial && pod.Spec.Text("priorityClassName") is null or "")
            report.At(pod.Owner.Range, $"{pod.Owner.Title} says nothing about its priority", "expected priorityClassName");
    }
}
