using System.Text.Json.Nodes;
using Signalbox.Server.Telemetry;
using Signalbox.Server.Tests.Notifying;

namespace Signalbox.Server.Tests.Metrics;

public sealed class OtlpTests
{
    private static Task<TestServer> StartAsync(Receiver collector) =>
        TestServer.StartAsync(options => options with { Otlp = OtlpOptions.Read(collector.Address, "authorization=Bearer%20word")!.Value.Options });

    [Fact]
    public async Task Rollout_ThatEnds_IsATraceWithItsPhases()
    {
        await using var collector = await Receiver.StartAsync();
        await using var test = await StartAsync(collector);
        await Exposed.PrepareAsync(test);

        await Until.TrueAsync(() => collector.Taken.Any(taken => taken.Path == "/v1/traces"));
        var (_, headers, body) = collector.Taken.First(taken => taken.Path == "/v1/traces");
        Assert.Equal("Bearer word", headers["authorization"]);
        var spans = JsonNode.Parse(body)!["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]!.AsArray();
        Assert.Equal(["rollout shop/production", "Pending"], spans.Select(span => (string?)span!["name"]));
        Assert.Equal((string?)spans[0]!["spanId"], (string?)spans[1]!["parentSpanId"]);
        Assert.All(spans, span => Assert.Equal((32, 16), (((string)span!["traceId"]!).Length, ((string)span["spanId"]!).Length)));
        Assert.True(long.Parse((string)spans[0]!["endTimeUnixNano"]!, null) >= long.Parse((string)spans[0]!["startTimeUnixNano"]!, null));
    }

    [Fact]
    public async Task Metrics_AreSentEveryMinute()
    {
        await using var collector = await Receiver.StartAsync();
        await using var test = await StartAsync(collector);
        await Exposed.PrepareAsync(test);
        await Until.TrueAsync(() =>
        {
            test.Time.Advance(TimeSpan.FromSeconds(10));
            return collector.Taken.Any(taken => taken.Path == "/v1/metrics");
        });

        var metrics = JsonNode.Parse(collector.Taken.First(taken => taken.Path == "/v1/metrics").Body)!["resourceMetrics"]![0]!["scopeMetrics"]![0]!["metrics"]!.AsArray();
        var requests = metrics.Single(metric => (string?)metric!["name"] == "signalbox_requests_total")!["sum"]!;
        Assert.True((bool)requests["isMonotonic"]!);
        Assert.Contains(requests["dataPoints"]!.AsArray(), point => (double)point!["asDouble"]! == 1000);
    }

    [Fact]
    public async Task Collector_ThatIsGone_KeepsNobodyWaiting()
    {
        await using var collector = await Receiver.StartAsync();
        collector.Status = 503;
        await using var test = await StartAsync(collector);
        await Exposed.PrepareAsync(test);
        await Until.TrueAsync(() =>
        {
            test.Time.Advance(TimeSpan.FromSeconds(10));
            lock (test.Log) return test.Log.Any(line => line.Contains("a rollout's trace is lost", StringComparison.Ordinal));
        });
        Assert.DoesNotContain(test.Log, line => line.Contains("word", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("https://collector.example.com:4318", true)]
    [InlineData("http://127.0.0.1:4318", true)]
    [InlineData("http://collector.example.com:4318", false)]
    [InlineData("ftp://collector.example.com", false)]
    [InlineData("collector", false)]
    public void Endpoint_IsHttpsOrThisMachine(string? endpoint, bool taken) => Assert.Equal(taken, OtlpOptions.Read(endpoint, null)?.Problem is null);
}
