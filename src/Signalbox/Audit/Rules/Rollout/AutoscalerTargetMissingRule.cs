using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>A rule of the whole repository: it joins objects of different files.</remarks>
internal sealed class AutoscalerTargetMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "autoscaler-target-missing", "Autoscaler targets nothing", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The workload never scales", "Name a workload that exists in scaleTargetRef, with its kind and API version");

    public void Check(Repository repository, Report report)
    {
        var objects = repository.All<KubernetesObject>();
        foreach (var (file, scaler) in objects)
        {
            if (scaler.Kind != "HorizontalPodAutoscaler" || scaler.Spec.Entry("scaleTargetRef") is not { } target) continue;
            var (kind, name) = (target.Value.Text("kind"), target.Value.Text("name"));
            if (objects.Any(o => o.Document.Kind == kind && o.Document.Name == name)) continue;
            report.In(file, target.Range, $"{scaler.Title} scales {kind} '{YamlQuote.Short(name ?? "")}', which no manifest declares");
        }
    }
}
