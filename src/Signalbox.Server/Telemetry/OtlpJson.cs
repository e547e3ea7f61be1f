using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Server.Metrics;

namespace Signalbox.Server.Telemetry;

/// <summary>OTLP 1.x in JSON (opentelemetry.io, "OTLP Specification", JSON Protobuf encoding): ids in hex, 64-bit numbers as text.</summary>
internal static class OtlpJson
{
    private const int Ok = 1, Error = 2, Internal = 1, Cumulative = 2;

    public static byte[] Traces(IReadOnlyList<Span> spans, string version) => Bytes(new JsonObject
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["resource"] = Resource(version),
            ["scopeSpans"] = new JsonArray(new JsonObject { ["scope"] = Scope(), ["spans"] = new JsonArray([.. spans.Select(Of)]) }),
        }),
    });

    /// <param name="start">When the counters began.</param>
    public static byte[] Metrics(IReadOnlyList<MetricFamily> families, DateTimeOffset start, DateTimeOffset now, string version) => Bytes(new JsonObject
    {
        ["resourceMetrics"] = new JsonArray(new JsonObject
        {
            ["resource"] = Resource(version),
            ["scopeMetrics"] = new JsonArray(new JsonObject
            {
                ["scope"] = Scope(),
                ["metrics"] = new JsonArray([.. families.Select(family => Of(family, start, now)).OfType<JsonNode>()]),
            }),
        }),
    });

    private static JsonNode Of(Span span)
    {
        var json = new JsonObject
        {
            ["traceId"] = span.TraceId,
            ["spanId"] = span.SpanId,
            ["name"] = span.Name,
            ["kind"] = Internal,
            ["startTimeUnixNano"] = Nanoseconds(span.Start),
            ["endTimeUnixNano"] = Nanoseconds(span.End),
            ["attributes"] = Attributes(span.Attributes),
            ["status"] = new JsonObject { ["code"] = span.Failed ? Error : Ok },
        };
        if (span.ParentId is { } parent) json["parentSpanId"] = parent;
        return json;
    }

    private static JsonObject? Of(MetricFamily family, DateTimeOffset start, DateTimeOffset now)
    {
        var points = family.Samples.Where(sample => double.IsFinite(sample.Value)).Take(PrometheusText.MostSeries).Select(sample => (JsonNode)new JsonObject
        {
            ["attributes"] = Attributes(sample.Labels),
            ["startTimeUnixNano"] = Nanoseconds(start),
            ["timeUnixNano"] = Nanoseconds(now),
            ["asDouble"] = sample.Value,
        }).ToArray();
        if (points.Length == 0) return null;
        var data = new JsonObject { ["dataPoints"] = new JsonArray(points) };
        if (family.Kind == MetricKind.Counter) (data["aggregationTemporality"], data["isMonotonic"]) = (Cumulative, true);
        return new() { ["name"] = family.Name, ["description"] = family.Help, [family.Kind == MetricKind.Counter ? "sum" : "gauge"] = data };
    }

    private static JsonObject Resource(string version) => new() { ["attributes"] = Attributes([("service.name", "signalbox"), ("service.version", version)]) };

    private static JsonObject Scope() => new() { ["name"] = "signalbox" };

    private static JsonArray Attributes(IReadOnlyList<(string Name, string Value)> attributes) =>
        new([.. attributes.Select(attribute => (JsonNode)new JsonObject { ["key"] = attribute.Name, ["value"] = new JsonObject { ["stringValue"] = attribute.Value } })]);

    private static string Nanoseconds(DateTimeOffset at) => ((at - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
