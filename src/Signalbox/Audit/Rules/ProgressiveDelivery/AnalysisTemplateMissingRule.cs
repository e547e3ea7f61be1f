using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class AnalysisTemplateMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "analysis-template-missing", "Referenced analysis template not found", Theme.ProgressiveDelivery, RuleSeverity.High, ["argo-rollouts"],
        "The rollout stops with an error at its first step",
        "Declare the AnalysisTemplate in the namespace of the Rollout, or set clusterScope: true where a ClusterAnalysisTemplate is meant")
    {
        Details = "Where the repository declares no template of that kind in reach, they may be made elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.Objects)
        {
            var references = AnalysisTemplates.Is(target) ? AnalysisTemplates.Nested(target) : ArgoRollout.Analyses(target).SelectMany(a => a.Templates);
            foreach (var reference in references.Where(r => !AnalysisTemplates.Find(cluster, r, target).Any())) Missing(cluster, file, target, reference, report);
        }
    }

    private static void Missing(Cluster cluster, SourceFile file, KubernetesObject target, TemplateReference reference, Report report)
    {
        var (kind, other) = reference.IsCluster ? ("ClusterAnalysisTemplate", "AnalysisTemplate") : ("AnalysisTemplate", "ClusterAnalysisTemplate");
        var misplaced = cluster.Known(other).Any(t => t.Document.Name == reference.Name);
        var known = misplaced || (reference.IsCluster ? cluster.Known(kind).Any() : cluster.Declares(kind, target));
        report.In(file, reference.Place.Range, $"{target.Title} analyses by {kind} '{YamlQuote.Short(reference.Name)}', which no manifest declares",
            misplaced ? $"a {other} has that name: clusterScope" : "expected it beside the Rollout", level: known ? null : Level.Pedantic);
    }
}
