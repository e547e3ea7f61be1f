using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Signalbox.Analysis;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server.Metrics;

namespace Signalbox.Server.Tests.Metrics;

public sealed partial class MetricsTests
{
    [Fact]
    public void Text_EscapesWhatLabelsMayHold()
    {
        var text = PrometheusText.Write([MetricFamily.Gauge("x", "A \"help\"\nwith \\", new MetricSample(1.5, ("name", "a\"b\\c\nd\re\ud800")))]);

        Assert.Equal("# HELP x A \"help\"\\nwith \\\\\n# TYPE x gauge\nx{name=\"a\\\"b\\\\c\\nd?e?\"} 1.5\n", text);
    }

    [Fact]
    public void Text_LeavesOutWhatIsNotKnown() => Assert.Equal("", PrometheusText.Write([MetricFamily.Gauge("x", "h", new MetricSample(double.NaN), new MetricSample(double.PositiveInfinity)), MetricFamily.Counter("y_total", "h")]));

    [Fact]
    public void Text_OfAnyNumberOfSeries_IsBounded()
    {
        var text = PrometheusText.Write([MetricFamily.Gauge("x", "h", [.. Enumerable.Range(0, 5000).Select(i => new MetricSample(i, ("name", $"{i}")))])]);

        Assert.Equal(PrometheusText.MostSeries + 2, text.Count(c => c == '\n'));
    }

    [Fact]
    public void Traffic_OfACanaryThatBecomesStable_StaysWithTheRoleItHad()
    {
        var traffic = new TrafficCounters();
        traffic.Observe(Status(("shop-1", "stable", 1000, 2), ("shop-2", "canary", 100, 1)));
        traffic.Observe(Status(("shop-1", "stable", 1500, 2), ("shop-2", "canary", 300, 4)));
        traffic.Observe(Status(("shop-2", "stable", 900, 5)));
        Assert.Equal([("canary", 300L, 4L), ("stable", 2100L, 3L)], traffic.Sums.Select(sum => (sum.Role, sum.Requests, sum.Bad)));

        // the host began anew
        traffic.Observe(Status(("shop-2", "stable", 50, 0)));
        Assert.Equal([("canary", 300L, 4L), ("stable", 2150L, 3L)], traffic.Sums.Select(sum => (sum.Role, sum.Requests, sum.Bad)));
    }

    [Fact]
    public async Task Metrics_NeedTheirScope()
    {
        await using var test = await TestServer.StartAsync();
        var own = (await test.NewTokenAsync("metrics")).Token;
        using var taken = await test.SendAsync("GET", "/metrics", token: own);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", taken.Content.Headers.ContentType!.ToString());
        Assert.Contains("signalbox_build_info{version=\"0.0.0\"} 1\n", await taken.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var other = (await test.NewTokenAsync("read", "deploy")).Token;
        Assert.Equal(403, (await test.RefusedAsync("GET", "/metrics", token: other)).Status);
        Assert.Equal(401, (await test.RefusedAsync("GET", "/metrics", token: null)).Status);
    }

    [Fact]
    public async Task Metrics_HoldNoTokenAndNoLogLine()
    {
        await using var test = await TestServer.StartAsync();
        test.Plane.Status = Status(("shop-1", "stable", 1000, 2));
        using var answer = await test.SendAsync("GET", "/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sbx_", text, StringComparison.Ordinal);
        Assert.DoesNotContain(test.AdminToken, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_AsksOnlyForMetricsAndLabelsThatAreThere()
    {
        await using var test = await TestServer.StartAsync();
        var exposed = await ExposedAsync(test);

        Assert.NotNull(JsonNode.Parse(GrafanaDashboard.Write())!["panels"]);
        foreach (var query in GrafanaDashboard.Queries)
        {
            var names = MetricName().Matches(query).Select(match => match.Value).Distinct().ToList();
            Assert.NotEmpty(names);
            foreach (var name in names) Assert.True(exposed.ContainsKey(name), $"{query} asks for {name}, which /metrics does not show");
            foreach (Match match in Selector().Matches(query))
                foreach (Match label in Label().Matches(match.Groups[2].Value))
                    Assert.True(exposed[match.Groups[1].Value].Contains(label.Groups[1].Value), $"{match.Groups[1].Value} has no label {label.Groups[1].Value}");
        }
    }

    /// <summary>Everything once: a rollout under judgement, and deployments with a failure.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> ExposedAsync(TestServer test)
    {
        await Exposed.PrepareAsync(test);
        using var answer = await test.SendAsync("GET", "/metrics");
        var exposed = new Dictionary<string, HashSet<string>>();
        foreach (var line in (await answer.Content.ReadAsStringAsync()).Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var name = line[..line.IndexOfAny(['{', ' '])];
            if (!exposed.TryGetValue(name, out var labels)) exposed[name] = labels = [];
            foreach (Match label in Label().Matches(line)) labels.Add(label.Groups[1].Value);
        }
        return exposed;
    }

    internal static StatusView Status(params (string Revision, string Role, long Requests, long Bad)[] arms)
    {
        var judge = new JudgeReport(Verdict.Inconclusive, 5, 1.5, 6.9, 0.5, 3, 100, 1, 900, 2, 1, "test", null, "", "undecided");
        var service = new ServiceView("web", "web", "http://127.0.0.1:8080", [.. arms.Select(arm => new ArmView(arm.Revision, arm.Role, 2, 2, Weight.Percent(50), 0, arm.Requests, arm.Bad, 0, null))], judge, null);
        return new("0.0.0", "0:0", true, null, [new("shop/production", "shop", "production", "Progressing", "shop-1", null, null, null, [service], null)], []);
    }

    [GeneratedRegex(@"\bsignalbox_[a-z_]+\b")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"(signalbox_[a-z_]+)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"([a-z]+)=~?""")]
    private static partial Regex Label();
}
