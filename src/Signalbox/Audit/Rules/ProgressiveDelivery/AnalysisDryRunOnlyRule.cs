using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AnalysisDryRunOnlyRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "analysis-dry-run-only", "Every metric is a dry run", Theme.ProgressiveDelivery, RuleSeverity.High, ["argo-rollouts"],
        "Measured but never acted on",
        "Leave at least one metric out of dryRun")
    {
        Details = "By the `dryRun` of a template, and by that of the Rollout that uses it: each name is a regular expression, so `.*` means all.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.Objects)
            if (AnalysisTemplates.Is(target)) Template(file, target, report);
            else
                foreach (var use in ArgoRollout.Analyses(target)) Use(cluster, file, target, use, report);
    }

    private static void Template(SourceFile file, KubernetesObject template, Report report)
    {
        var metrics = AnalysisTemplates.Metrics(template).ToList();
        if (template.Spec.Entry("dryRun") is { } dry && metrics.Count > 0 && metrics.All(m => AnalysisTemplates.IsDry(dry.Value.Items(), m)))
            report.In(file, dry.Range, $"{template.Title} measures everything as a dry run", "no result counts");
    }

    private static void Use(Cluster cluster, SourceFile file, KubernetesObject owner, AnalysisUse use, Report report)
    {
        if (use.Root.Entry("dryRun") is not { } dry || AnalysisTemplates.All(cluster, use, owner) is not { Count: > 0 } templates) return;
        var own = templates.SelectMany(t => t.Document.Spec.Get("dryRun").Items()).ToList();
        var metrics = templates.SelectMany(t => AnalysisTemplates.Metrics(t.Document)).ToList();
        if (metrics.Count > 0 && metrics.All(m => AnalysisTemplates.IsDry(dry.Value.Items().Concat(own), m)))
            report.In(file, dry.Range, $"an analysis of {owner.Title} measures everything as a dry run", "no result counts");
    }
}
