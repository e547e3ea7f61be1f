using System.Globalization;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>What is delivered, whoever wrote its manifests: people, a chart, or design itself.</summary>
internal sealed class DeliveryTarget(RepositorySurvey survey, DesignDecisions decisions)
{
    public string Application { get; } = survey.Name;

    /// <summary>The Deployment's name; what a chart calls it is what <c>helm create</c> makes of a release that is named like the chart.</summary>
    public string Name { get; } = survey.Chart?.Name ?? survey.Workload?.Name ?? survey.Name;

    public ChartFound? Chart { get; } = survey.Chart;

    public WorkloadFound? Workload { get; } = survey.Workload;

    /// <summary>Whether design writes the workload itself.</summary>
    public bool IsOwn { get; } = survey.Chart is null && survey.Workload is null;

    /// <summary>Whether Flux takes the chart out.</summary>
    public bool IsRelease { get; } = survey.Chart is not null && decisions["deploy"] == "flux";

    public IReadOnlyList<string> Environments { get; } = decisions["environments"].Split(',');

    public int Port { get; } = int.Parse(decisions["port"], CultureInfo.InvariantCulture);

    public int ServicePort { get; } = survey.Workload?.Service?.Port ?? 80;

    public IReadOnlyList<(string Key, string Value)> Labels { get; } = survey.Workload?.Labels
        ?? (survey.Chart is { } chart ? [("app.kubernetes.io/name", chart.Name), ("app.kubernetes.io/instance", chart.Name)] : [("app.kubernetes.io/name", survey.Name)]);

    /// <summary>The Secrets that are brought from the store.</summary>
    public IReadOnlyList<string> Secrets { get; } = !decisions.Has("secrets") ? [] : survey.Workload?.Secrets ?? (survey.Chart is null ? [survey.Name] : []);

    /// <summary>What the manifests call the image, for which the digest is put in.</summary>
    public string Image { get; } = survey.Workload?.Image ?? survey.Name;

    /// <summary>Where the image is; a name that nothing answers to where only the pipeline's variables know.</summary>
    public string Repository { get; } = decisions["image"].StartsWith('$') ? $"registry.invalid/{survey.Name}" : decisions["image"];

    public string Namespace(string environment) => $"{decisions["namespace"]}-{environment}";

    /// <param name="alsoPrimary">Flagger gives the pods that serve a first label of its own: docs.flagger.app, "How it works".</param>
    public OutMap Selector(bool alsoPrimary)
    {
        if (!alsoPrimary) return new OutMap().Add("matchLabels", Kube.Map(Labels));
        var (key, value) = Labels[0];
        return new OutMap().Add("matchExpressions", Kube.List(new OutMap().Add("key", key).Add("operator", "In").Add("values", [value, $"{value}-primary"])));
    }

    /// <summary>Whether it may have requests.</summary>
    public OutMap Readiness => (decisions["health"] is ['/', ..] path ? Get(path) : Open(Port)).Add("periodSeconds", 5L).Add("timeoutSeconds", 2L).Add("failureThreshold", 3L);

    /// <summary>Whether it has to be started again: only its port is asked, so that a neighbour that is ill restarts nothing.</summary>
    public static OutMap Liveness(int port) => Open(port).Add("periodSeconds", 10L).Add("timeoutSeconds", 2L).Add("failureThreshold", 6L);

    private OutMap Get(string path) => new OutMap().Add("httpGet", new OutMap().Add("path", path).Add("port", (long)Port));

    private static OutMap Open(int port) => new OutMap().Add("tcpSocket", new OutMap().Add("port", (long)port));
}
