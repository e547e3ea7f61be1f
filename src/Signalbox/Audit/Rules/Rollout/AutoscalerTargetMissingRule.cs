using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>A rule of the whole repository: it joins objects of different files.</remarks>
internal sealed class AutoscalerTargetMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "autoscaler-target-missing", "Autoscaler targets nothing", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The workload never scales",
        "Name a workload that exists in scaleTargetRef, with its kind and API version");

    private static readonly HashSet<string> s_kinds = new(StringComparer.Ordinal) { "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout" };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        foreach (var (file, scaler) in cluster.OfKinds("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"))
        {
            if ((scaler.Spec.Entry("scaleTargetRef") ?? scaler.Spec.Entry("targetRef")) is not { } target) continue;
            var (kind, name) = (target.Value.Text("kind") ?? "Deployment", target.Value.Text("name"));
            // what scales a resource of its own kind cannot be known from files
            if (!s_kinds.Contains(kind) || cluster.Named(kind, name, scaler).Any()) continue;
            report.In(file, target.Range, $"{scaler.Title} scales {kind} '{YamlQuote.Short(name ?? "")}', which no manifest declares");
        }
    }
}
