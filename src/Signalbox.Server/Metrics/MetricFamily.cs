namespace Signalbox.Server.Metrics;

internal enum MetricKind { Gauge, Counter }

/// <param name="Labels">Name to value; values are of a bounded set, or names that Signalbox itself has checked.</param>
internal sealed record MetricSample(double Value, params IReadOnlyList<(string Name, string Value)> Labels);

/// <summary>One metric with all its series: what /metrics prints and what OTLP sends come from this alone.</summary>
/// <param name="Name">As Prometheus writes it, with its unit; a counter's ends with _total.</param>
/// <param name="Help">One line for people.</param>
internal sealed record MetricFamily(string Name, string Help, MetricKind Kind, IReadOnlyList<MetricSample> Samples)
{
    public static MetricFamily Gauge(string name, string help, params IReadOnlyList<MetricSample> samples) => new(name, help, MetricKind.Gauge, samples);

    public static MetricFamily Counter(string name, string help, params IReadOnlyList<MetricSample> samples) => new(name, help, MetricKind.Counter, samples);
}
