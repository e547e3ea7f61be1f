using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>A rule of the whole repository: it joins objects of different files.</remarks>
internal sealed class AutoscalerTargetMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "autoscaler-target-missing", "Autoscaler targets nothing", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The workload never scales",
        "Name a workload that exists in scaleTargetRef, with its kind and API version")
    {
        Details = "Where an operator's resource or a chart that lies elsewhere is deployed beside it, or the manifest has placeholders for its namespace, the workload may be made elsewhere: shown to `--persona pedantic`.",
    };

    private static readonly HashSet<string> s_kinds = new(StringComparer.Ordinal) { "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout" };

    public void Check(Repository repository, Report report)
    {
        var (cluster, elsewhere) = (Cluster.Of(repository), MadeElsewhere.Of(repository));
        foreach (var (file, scaler) in cluster.OfKinds("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"))
        {
            if ((scaler.Spec.Entry("scaleTargetRef") ?? scaler.Spec.Entry("targetRef")) is not { } target) continue;
            var (kind, name) = (target.Value.Text("kind") ?? "Deployment", target.Value.Text("name"));
            // what scales a resource of its own kind cannot be known from files
            if (!s_kinds.Contains(kind) || cluster.Named(kind, name, scaler).Any()) continue;
            report.In(file, target.Range, $"{scaler.Title} scales {kind} '{YamlQuote.Short(name ?? "")}', which no manifest declares",
                level: elsewhere.HasChart(scaler) || Revision.IsOpen(scaler.Namespace ?? "") ? Level.Pedantic : null);
        }
    }
}
