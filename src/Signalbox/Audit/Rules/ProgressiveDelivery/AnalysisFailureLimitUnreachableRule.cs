using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AnalysisFailureLimitUnreachableRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "analysis-failure-limit-unreachable", "Failure limit can never be reached", Theme.ProgressiveDelivery, RuleSeverity.High, ["argo-rollouts"],
        "failureLimit not below count means failure is impossible",
        "Set failureLimit below count: a metric fails when more measurements fail than the limit says")
    {
        Details = "Without an interval a metric is measured once, so that any limit above zero is unreachable. A limit of -1 switches failing off; with `consecutiveSuccessLimit` beside it the run still has to earn its end, and nothing is found.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial || !(AnalysisTemplates.Is(target) || target.Is("AnalysisRun", ArgoRollout.Group))) return;
        foreach (var metric in AnalysisTemplates.Metrics(target))
        {
            if (metric.Root.Entry("failureLimit") is not { } entry || entry.Value.Number() is not { } limit) continue;
            if (limit < 0 && metric.Root.Entry("consecutiveSuccessLimit") is null)
                report.At(entry.Range, $"metric '{YamlQuote.Short(metric.Name)}' of {target.Title} may fail as often as it likes", "expected a limit below the count");
            else if (limit > 0 && metric.Count is { } count && limit >= count)
                report.At(entry.Range, $"metric '{YamlQuote.Short(metric.Name)}' of {target.Title} fails after more than {limit} failures, but is measured {(count == 1 ? "once" : $"{count} times")}", $"expected less than {count}");
        }
    }
}
