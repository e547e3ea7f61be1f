using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FlaggerAnalysisSkippedRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "flagger-analysis-skipped", "Flagger analysis skipped or without metrics", Theme.ProgressiveDelivery, RuleSeverity.High, ["flagger"],
        "Promotion happens whatever the users see",
        "Take skipAnalysis out, and measure at least request-success-rate and request-duration")
    {
        Fix = FixSafety.Unsafe,
        Details = "Webhooks that gate the release (`confirm-…`, `pre-rollout`, `rollout`) may judge instead of metrics: then shown to `--persona pedantic`.",
    };

    private static readonly HashSet<string?> s_judges = new(StringComparer.Ordinal) { "rollout", "pre-rollout", "confirm-rollout", "confirm-promotion", "confirm-traffic-increase", null };

    public void Check(KubernetesObject target, Report report)
    {
        if (!Flagger.IsCanary(target)) return;
        if (target.Spec.Entry("skipAnalysis") is { } skip && skip.Value.Switch() == true)
            report.At(skip.Range, $"{target.Title} is promoted without analysis", "expected false",
                fix: skip.Alias is null ? report.Fix(FixSafety.Unsafe, "analyse again", YamlPatch.SetValue(report.File.Text, skip, "false")) : null);
        else if (!target.IsPartial && Flagger.Analysis(target) is { } analysis && analysis.Value is YamlMapping && Flagger.Metrics(target).Count == 0)
            report.At(analysis.Key, $"the analysis of {target.Title} measures nothing", "expected metrics", level: analysis.Value.Get("webhooks").Items().Any(w => s_judges.Contains(w.Text("type"))) ? Level.Pedantic : null);
    }
}
