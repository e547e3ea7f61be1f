using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AnalysisNeverFailsRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "analysis-never-fails", "Analysis metric that always succeeds", Theme.ProgressiveDelivery, RuleSeverity.Critical, ["argo-rollouts"],
        "With neither condition set any number passes",
        "Set successCondition or failureCondition, and say what no data means: successCondition: len(result) > 0 && result[0] >= 0.95")
    {
        Details = "Metrics of Prometheus, Datadog, New Relic, Wavefront, CloudWatch, Graphite, InfluxDB, SkyWalking and the web, with neither condition or with a constant one. A job, Kayenta and a plugin judge by themselves.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || !(AnalysisTemplates.Is(target) || target.Is("AnalysisRun", ArgoRollout.Group))) return;
        foreach (var metric in AnalysisTemplates.Metrics(target).Where(m => m.IsJudgedByConditions))
        {
            var (success, failure) = (metric.Root.Entry("successCondition"), metric.Root.Entry("failureCondition"));
            if (!IsSet(success) && !IsSet(failure))
                report.At(metric.Range, $"metric '{YamlQuote.Short(metric.Name)}' of {target.Title} has neither successCondition nor failureCondition", "every value passes");
            else if (Is(success, "true") && !IsSet(failure) || Is(failure, "false") && !IsSet(success))
                report.At((IsSet(success) ? success : failure)!.Range, $"metric '{YamlQuote.Short(metric.Name)}' of {target.Title} has a condition that never changes", "every value passes");
        }
    }

    private static bool IsSet(YamlEntry? condition) => condition?.Value.Text() is { } text && text.Trim().Length > 0;

    private static bool Is(YamlEntry? condition, string constant) => condition?.Value.Text()?.Trim() == constant;
}
