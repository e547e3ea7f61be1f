using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CanaryPausesForeverRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "canary-pauses-forever", "Last step waits for a person with no limit", Theme.ProgressiveDelivery, RuleSeverity.Low, ["argo-rollouts"],
        "A rollout left half way is easily forgotten",
        "Let an analysis decide at the last step, or give the pause a duration")
    {
        Persona = Persona.Pedantic,
        Details = "The progress deadline does not run while a Rollout is paused. A pause without a duration before other steps is a gate on purpose and is not found.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!ArgoRollout.Is(target) || ArgoRollout.Steps(target) is not [.., var last]) return;
        if (last.Entry("pause") is { } pause && pause.Value.Entry("duration") is null)
            report.At(pause.Key, $"the last step of {target.Title} waits until somebody promotes it", "expected a duration or an analysis");
    }
}
