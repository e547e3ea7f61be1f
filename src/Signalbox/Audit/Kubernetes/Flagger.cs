using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What a Canary of Flagger says: docs.flagger.app/usage/how-it-works.</summary>
internal static class Flagger
{
    public static bool IsCanary(KubernetesObject target) => target.Is("Canary", "flagger.app");

    /// <summary>The analysis, under its old name too.</summary>
    public static YamlEntry? Analysis(KubernetesObject canary) => canary.Spec.Entry("analysis") ?? canary.Spec.Entry("canaryAnalysis");

    public static IReadOnlyList<YamlNode> Metrics(KubernetesObject canary) => Analysis(canary)?.Value.Get("metrics").Items() ?? [];

    /// <summary>Whether a metric is any: docs.flagger.app/usage/metrics, a built-in one, a template's or a query of its own.</summary>
    public static bool Measures(YamlMapping metric) => metric.Entry("templateRef") is not null || metric.Entry("query") is not null || metric.Text("name") is "request-success-rate" or "request-duration" || metric.Text("name") is not { } name || GitOps.Revision.IsOpen(name);
}
