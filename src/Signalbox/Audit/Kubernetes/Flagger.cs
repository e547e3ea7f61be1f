using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What a Canary of Flagger says: docs.flagger.app/usage/how-it-works.</summary>
internal static class Flagger
{
    public static bool IsCanary(KubernetesObject target) => target.Is("Canary", "flagger.app");

    /// <summary>The analysis, under its old name too.</summary>
    public static YamlEntry? Analysis(KubernetesObject canary) => canary.Spec.Entry("analysis") ?? canary.Spec.Entry("canaryAnalysis");

    public static IReadOnlyList<YamlNode> Metrics(KubernetesObject canary) => Analysis(canary)?.Value.Get("metrics").Items() ?? [];
}
