using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AnalysisRunsForeverRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "analysis-runs-forever", "Inline analysis without a count", Theme.ProgressiveDelivery, RuleSeverity.Medium, ["argo-rollouts"],
        "The step never ends",
        "Set count beside interval, or start the analysis in the background (strategy.canary.analysis)")
    {
        Details = "Analyses of a step, before and after promotion. In the background an analysis may run until the rollout is over.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.OfKind("Rollout"))
            foreach (var use in ArgoRollout.Analyses(target).Where(u => u.IsAwaited))
                foreach (var reference in use.Templates)
                    if (AnalysisTemplates.Find(cluster, reference, target).Take(2).ToList() is [var template] && AnalysisTemplates.Metrics(template.Document).FirstOrDefault(m => m.RunsForever) is { } metric)
                        report.In(file, reference.Place.Range, $"{target.Title} waits for {template.Document.Title}, whose metric '{YamlQuote.Short(metric.Name)}' has an interval and no count", "it never ends", related: template.File.At(metric.Range, "measured for ever"));
    }
}
