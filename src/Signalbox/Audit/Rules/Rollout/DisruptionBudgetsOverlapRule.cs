using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class DisruptionBudgetsOverlapRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "disruption-budgets-overlap", "Two disruption budgets cover one pod", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Eviction then fails with an error",
        "Keep one budget for each set of pods")
    {
        Details = "Two budgets in one folder or one release that select the same pods of the same workload.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (owner, pod) in cluster.Pods)
        {
            // the same names stand in several folders for several environments
            var budgets = cluster.BudgetsOf(pod).Where(b => Folder(b.File) == Folder(owner)).DistinctBy(b => b.Document.Name).ToList();
            if (budgets is [var first, .. { Count: > 0 } others])
                foreach (var (file, other) in others)
                    report.In(file, other.Range, $"{other.Title} and {first.Document.Title} both cover {pod.Owner.Title}", "eviction then fails");
        }
    }

    private static string Folder(SourceFile file) => file.Path[..Math.Max(0, file.Path.LastIndexOf('/'))];
}
