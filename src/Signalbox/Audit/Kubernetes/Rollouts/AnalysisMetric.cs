using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>A metric of an analysis template.</summary>
internal sealed record AnalysisMetric(YamlMapping Root)
{
    public string Name => Root.Text("name") ?? "";

    /// <summary>Whether it is measured until somebody stops it: an interval without a count (the controller's EffectiveCount).</summary>
    public bool RunsForever => Root.Text("count") is null or "0" && Root.Text("interval") is not null;

    /// <summary>How often it is measured; null where an argument says it or nothing ends it.</summary>
    public long? Count => RunsForever ? null : Root.Text("count") is null or "0" ? 1 : Root.Number("count");

    /// <summary>Whether its provider gives a value that only conditions can judge. A job, Kayenta and a plugin judge by themselves.</summary>
    public bool IsJudgedByConditions => Root.Get("provider").Entries().Any(p => s_values.Contains(p.Key.Value));

    /// <summary>The place that stands for the metric: its name, else where it begins.</summary>
    public TextRange Range => Root.Entry("name")?.Range ?? Root.Range;

    private static readonly HashSet<string> s_values = new(StringComparer.Ordinal)
    {
        "prometheus", "datadog", "newRelic", "wavefront", "cloudWatch", "graphite", "influxdb", "web", "skywalking",
    };
}
