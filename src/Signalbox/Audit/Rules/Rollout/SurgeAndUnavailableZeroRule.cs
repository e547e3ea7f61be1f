using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SurgeAndUnavailableZeroRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "surge-and-unavailable-zero", "Surge and unavailable both zero", Theme.Rollout, RuleSeverity.High, ["argo-rollouts", "kubernetes"],
        "The update can never proceed",
        "Give one of maxSurge and maxUnavailable room")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(KubernetesObject target, Report report)
    {
        var update = target.Kind switch
        {
            "Deployment" => target.Spec.Get("strategy", "rollingUpdate"),
            "DaemonSet" => target.Spec.Get("updateStrategy", "rollingUpdate"),
            "Rollout" => target.Spec.Get("strategy", "canary"),
            _ => null,
        };
        if (IntOrPercent.Of(update.Get("maxSurge")) is { IsZero: true } && IntOrPercent.Of(update.Get("maxUnavailable")) is { IsZero: true })
            report.At(update.Entry("maxUnavailable")!.Range, $"{target.Title} may neither add a pod nor take one away", "maxSurge and maxUnavailable are both 0",
                fix: report.Fix(FixSafety.Unsafe, "bring one new pod first", YamlPatch.SetValue(report.File.Text, update.Entry("maxSurge")!, "1")));
    }
}
