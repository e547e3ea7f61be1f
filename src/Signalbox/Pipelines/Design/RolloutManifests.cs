using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>A Rollout of Argo and what judges it: argo-rollouts.readthedocs.io/en/stable/features/specification.</summary>
internal sealed class RolloutManifests(DeliveryTarget target, DesignDecisions decisions)
{
    public IEnumerable<OutMap> Objects() => [Rollout(), Analysis()];

    private OutMap Rollout()
    {
        var spec = new OutMap().Add("replicas", 4L).Add("revisionHistoryLimit", 5L).Add("progressDeadlineSeconds", 600L).Add("progressDeadlineAbort", true).Add("selector", target.Selector(false));
        if (target.IsOwn) spec.Add("template", new WorkloadManifests(target, decisions).Template());
        // the Deployment goes as the Rollout's pods come
        else spec.Add("workloadRef", new OutMap().Add("apiVersion", "apps/v1").Add("kind", "Deployment").Add("name", target.Name).Add("scaleDown", "progressively"));
        return Kube.Object("argoproj.io/v1alpha1", "Rollout", target.Name, labels: target.Labels).Add("spec", spec.Add("strategy", new OutMap().Add("canary", Canary())));
    }

    // without a traffic router a weight is a number of pods: one of four, two of four
    private OutMap Canary() => new OutMap().Add("maxSurge", 1L).Add("maxUnavailable", 0L)
        .Add("steps", Kube.List(Weight(25), Pause(), Weight(50), Pause()))
        .Add("analysis", new OutMap().Add("startingStep", 1L).Add("templates", Kube.List(new OutMap().Add("templateName", $"{target.Name}-errors")))
            .Add("args", Kube.List(Argument("canary", new OutMap().Add("podTemplateHashValue", "Latest")), Argument("namespace", new OutMap().Add("fieldRef", new OutMap().Add("fieldPath", "metadata.namespace"))))));

    private static OutMap Weight(long percent) => new OutMap().Add("setWeight", percent);

    private static OutMap Pause() => new OutMap().Add("pause", new OutMap().Add("duration", "5m"));

    private static OutMap Argument(string name, OutMap from) => new OutMap().Add("name", name).Add("valueFrom", from);

    /// <summary>Neither a success nor a failure where nothing was measured: the Rollout waits for a person then.</summary>
    private OutMap Analysis()
    {
        var limit = $"0.{decisions["metrics.errors"].PadLeft(2, '0')}";
        const string measured = "len(result) > 0 && !isNaN(result[0]) && result[0]";
        return Kube.Object("argoproj.io/v1alpha1", "AnalysisTemplate", $"{target.Name}-errors", labels: target.Labels).Add("spec", new OutMap()
            .Add("args", Kube.List(new OutMap().Add("name", "canary"), new OutMap().Add("name", "namespace")))
            .Add("metrics", Kube.List(new OutMap().Add("name", "errors").Add("initialDelay", "1m").Add("interval", "1m").Add("failureLimit", 1L).Add("inconclusiveLimit", 3L)
                .Add("successCondition", $"{measured} <= {limit}").Add("failureCondition", $"{measured} > {limit}")
                .Add("provider", new OutMap().Add("prometheus", new OutMap().Add("address", decisions["metrics"]).Add("query", Query()))))));
    }

    // answers that begin with 5 of all answers; a canary without a single bad one has no such series
    private string Query()
    {
        var pods = $"namespace=\"{{{{args.namespace}}}}\",pod=~\"{target.Name}-{{{{args.canary}}}}-.*\"";
        var requests = decisions["metrics.requests"];
        return $"(sum(rate({requests}{{{pods},code=~\"5..\"}}[2m])) or vector(0))\n/\nsum(rate({requests}{{{pods}}}[2m]))\n";
    }
}
