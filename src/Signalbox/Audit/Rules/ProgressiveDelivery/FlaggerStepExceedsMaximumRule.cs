using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FlaggerStepExceedsMaximumRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "flagger-step-exceeds-maximum", "Step weight above the maximum weight", Theme.ProgressiveDelivery, RuleSeverity.Medium, ["flagger"],
        "The first step already skips the whole ramp",
        "Keep stepWeight well below maxWeight, so that several steps are judged")
    {
        Details = "Also steps of `stepWeights` above the total, which is 100.",
    };

    // the controller's default for maxWeight and for the whole
    private const long Whole = 100;

    public void Check(KubernetesObject target, Report report)
    {
        if (!Flagger.IsCanary(target) || Flagger.Analysis(target)?.Value is not { } analysis) return;
        var most = analysis.Number("maxWeight") ?? Whole;
        if (analysis.Entry("stepWeight") is { } step && step.Value.Number() is { } weight && weight > most)
            report.At(step.Range, $"{target.Title} goes by {weight} % a step, but only up to {most} %", $"expected less than {most}");
        foreach (var one in analysis.Get("stepWeights").Items())
            if (one.Number() is > Whole and var above) report.At(one, $"{target.Title} has a step of {above} %", $"expected {Whole} at most");
    }
}
