using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>When a Rollout starts an analysis.</summary>
internal enum AnalysisMoment { Background, Step, Experiment, BeforePromotion, AfterPromotion }

/// <summary>A template that an analysis refers to by name.</summary>
/// <param name="Place">Where the name is written.</param>
internal sealed record TemplateReference(string Name, bool IsCluster, YamlEntry Place)
{
    /// <summary>The reference of a list's item or of a mapping of its own; null where no name is written.</summary>
    public static TemplateReference? Of(YamlNode node) =>
        node.Entry("templateName") is { } name && name.Value.Text() is { } text ? new(text, node.Switch("clusterScope") == true, name) : null;
}

/// <summary>An analysis that a Rollout or an Experiment starts: argo-rollouts.readthedocs.io/en/stable/features/analysis.</summary>
internal sealed record AnalysisUse(AnalysisMoment Moment, YamlMapping Root)
{
    public IEnumerable<TemplateReference> Templates => Moment == AnalysisMoment.Experiment
        ? new[] { TemplateReference.Of(Root) }.OfType<TemplateReference>()
        : Root.Get("templates").Items().Select(TemplateReference.Of).OfType<TemplateReference>();

    /// <summary>Whether an argument is handed over.</summary>
    public bool Gives(string argument) => Root.Get("args").Items().Any(a => a.Text("name") == argument && (a.Entry("value") ?? a.Entry("valueFrom")) is not null);

    /// <summary>Whether the rollout waits for its end: only an analysis in the background may go on until the rollout is over.</summary>
    public bool IsAwaited => Moment is AnalysisMoment.Step or AnalysisMoment.BeforePromotion or AnalysisMoment.AfterPromotion;
}

/// <summary>What a Rollout of Argo Rollouts says.</summary>
internal static class ArgoRollout
{
    public const string Group = "argoproj.io";

    public static bool Is(KubernetesObject target) => target.Is("Rollout", Group);

    /// <summary>The canary strategy, which may be empty; null where there is none.</summary>
    public static YamlEntry? Canary(KubernetesObject rollout) => rollout.Spec.Get("strategy").Entry("canary") is { Value: YamlMapping } entry ? entry : null;

    public static YamlEntry? BlueGreen(KubernetesObject rollout) => rollout.Spec.Get("strategy").Entry("blueGreen") is { Value: YamlMapping } entry ? entry : null;

    public static IReadOnlyList<YamlMapping> Steps(KubernetesObject rollout) => [.. Canary(rollout)?.Value.Get("steps").Items().OfType<YamlMapping>() ?? []];

    /// <summary>Every analysis it starts, in the order of the file; for an Experiment its own.</summary>
    public static IEnumerable<AnalysisUse> Analyses(KubernetesObject target)
    {
        if (target.Is("Experiment", Group)) return OfExperiment(target.Spec);
        if (!Is(target)) return [];
        return Of(AnalysisMoment.Background, Canary(target)?.Value, "analysis")
            .Concat(Steps(target).SelectMany(OfStep))
            .Concat(Of(AnalysisMoment.BeforePromotion, BlueGreen(target)?.Value, "prePromotionAnalysis"))
            .Concat(Of(AnalysisMoment.AfterPromotion, BlueGreen(target)?.Value, "postPromotionAnalysis"));
    }

    /// <summary>The services whose selectors the controller rewrites.</summary>
    public static IEnumerable<YamlEntry> Services(KubernetesObject rollout)
    {
        var (canary, blueGreen) = (Canary(rollout)?.Value, BlueGreen(rollout)?.Value);
        YamlEntry?[] entries =
        [
            canary.Entry("canaryService"), canary.Entry("stableService"), canary.Get("pingPong").Entry("pingService"), canary.Get("pingPong").Entry("pongService"),
            blueGreen.Entry("activeService"), blueGreen.Entry("previewService"),
        ];
        return entries.OfType<YamlEntry>();
    }

    private static IEnumerable<AnalysisUse> OfStep(YamlMapping step) =>
        Of(AnalysisMoment.Step, step, "analysis").Concat(OfExperiment(step.Get("experiment")));

    private static IEnumerable<AnalysisUse> OfExperiment(YamlNode? experiment) =>
        experiment.Get("analyses").Items().OfType<YamlMapping>().Select(a => new AnalysisUse(AnalysisMoment.Experiment, a));

    private static IEnumerable<AnalysisUse> Of(AnalysisMoment moment, YamlNode? owner, string key) =>
        owner.Get(key) is YamlMapping root ? [new(moment, root)] : [];
}
