using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ExposedServiceTypeRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "exposed-service-type", "Service exposed by node port or load balancer", Theme.Network, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "It is reachable without the ingress's protection",
        "Use type ClusterIP behind an ingress or a gateway")
    {
        Persona = Persona.Pedantic,
        Details = "A load balancer may be meant: shown to `--persona auditor`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind == "Service" && target.Group.Length == 0 && target.Spec.Entry("type") is { } type && type.Value.Text() is ("NodePort" or "LoadBalancer") and var kind)
            report.At(type.Range, $"{target.Title} is reachable from outside as {kind}", "expected ClusterIP", level: kind == "LoadBalancer" ? Level.Auditor : null);
    }
}
