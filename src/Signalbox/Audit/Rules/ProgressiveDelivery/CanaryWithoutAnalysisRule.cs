using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CanaryWithoutAnalysisRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "canary-without-analysis", "Canary with neither analysis nor timed pause", Theme.ProgressiveDelivery, RuleSeverity.High, ["argo-rollouts", "flagger"],
        "Nothing judges the canary before everyone gets it",
        "Start an AnalysisTemplate in the background or between the steps; where no metrics exist yet, pause long enough for alerts to fire")
    {
        Details = "A Rollout whose canary has no analysis, no experiment with one, no plugin step and no pause of any length. A Flagger Canary without `analysis` is found too; one whose analysis measures nothing is `flagger-analysis-skipped`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial) return;
        if (ArgoRollout.Is(target) && ArgoRollout.Canary(target) is { } canary && !ArgoRollout.Analyses(target).Any() && !ArgoRollout.Steps(target).Any(Waits))
            report.At(canary.Key, $"the canary of {target.Title} goes from {First(target)} to everyone without a judge", "expected an analysis, or at least a pause");
        if (Flagger.IsCanary(target) && target.Spec is YamlMapping && Flagger.Analysis(target) is null)
            report.At(target.Range, $"{target.Title} has no analysis", "expected spec.analysis with metrics");
    }

    private static bool Waits(YamlMapping step) => (step.Entry("pause") ?? step.Entry("plugin")) is not null;

    private static string First(KubernetesObject rollout) =>
        ArgoRollout.Steps(rollout).Select(s => s.Text("setWeight")).OfType<string>().FirstOrDefault() is { } weight ? $"{YamlQuote.Short(weight)} %" : "nobody";
}
