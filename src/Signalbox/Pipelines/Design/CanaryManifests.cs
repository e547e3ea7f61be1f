using System.Globalization;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>A Canary of Flagger and what judges it: docs.flagger.app/usage/how-it-works.</summary>
internal sealed class CanaryManifests(DeliveryTarget target, DesignDecisions decisions)
{
    public IEnumerable<OutMap> Objects() => [Canary(), Metric()];

    private OutMap Canary()
    {
        var spec = new OutMap().Add("provider", "gatewayapi:v1").Add("targetRef", Reference("apps/v1", "Deployment"));
        if (target.IsOwn) spec.Add("autoscalerRef", Reference("autoscaling/v2", "HorizontalPodAutoscaler"));
        spec.Add("progressDeadlineSeconds", 600L)
            .Add("service", new OutMap().Add("name", target.Workload?.Service?.Name).Add("port", (long)target.ServicePort).Add("targetPort", (long)target.Port).Add("gatewayRefs", Kube.List(new OutMap().Add("name", decisions["gateway"]))))
            .Add("analysis", new OutMap().Add("interval", "1m").Add("threshold", 2L).Add("maxWeight", 50L).Add("stepWeight", 10L)
                .Add("metrics", Kube.List(new OutMap().Add("name", "errors").Add("interval", "2m").Add("templateRef", new OutMap().Add("name", $"{target.Name}-errors"))
                    .Add("thresholdRange", new OutMap().Add("max", long.Parse(decisions["metrics.errors"], CultureInfo.InvariantCulture))))));
        return Kube.Object("flagger.app/v1beta1", "Canary", target.Name, labels: target.Labels).Add("spec", spec);
    }

    private OutMap Reference(string version, string kind) => new OutMap().Add("apiVersion", version).Add("kind", kind).Add("name", target.Name);

    private OutMap Metric() => Kube.Object("flagger.app/v1beta1", "MetricTemplate", $"{target.Name}-errors", labels: target.Labels).Add("spec", new OutMap()
        .Add("provider", new OutMap().Add("type", "prometheus").Add("address", decisions["metrics"])).Add("query", Query()));

    // in percent; the pods that serve are named NAME-primary-…, which the pattern does not reach
    private string Query()
    {
        const string pods = "namespace=\"{{ namespace }}\",pod=~\"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)\"";
        var requests = decisions["metrics.requests"];
        return $"100 * (sum(rate({requests}{{{pods},code=~\"5..\"}}[{{{{ interval }}}}])) or vector(0))\n/\nsum(rate({requests}{{{pods}}}[{{{{ interval }}}}]))\n";
    }
}
