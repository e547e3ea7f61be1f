using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ExperimentWeightUnsupportedRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "experiment-weight-unsupported", "Experiment weight without capable traffic routing", Theme.Rollout, RuleSeverity.Medium, ["argo-rollouts"],
        "The weight cannot be applied",
        "Route traffic with SMI, ALB, Istio or a plugin, or take the weight out of the experiment's template");

    // argo-rollouts pkg/apis/rollouts/validation; plugins since its change 3909
    private static readonly string[] s_capable = ["smi", "alb", "istio", "plugins"];

    public void Check(KubernetesObject target, Report report)
    {
        if (!ArgoRollout.Is(target) || target.IsPartial || ArgoRollout.Canary(target)?.Value is not { } canary) return;
        var routing = canary.Get("trafficRouting");
        if (s_capable.Any(r => routing.Get(r) is YamlMapping)) return;
        foreach (var template in ArgoRollout.Steps(target).SelectMany(s => s.Get("experiment", "templates").Items()))
            if (template.Entry("weight") is { } weight)
                report.At(weight.Range, $"{target.Title} gives an experiment a weight {(routing is null ? "without traffic routing" : "that its traffic routing cannot apply")}", "expected trafficRouting with smi, alb, istio or plugins");
    }
}
