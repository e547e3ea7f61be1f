using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Dora;

namespace Signalbox.Server.Tests;

public sealed class DoraEndpointTests
{
    private static string Deployment(string id, DateTimeOffset at) => JsonSerializer.Serialize(
        new ReportDeployment(id, "https://ci.example.com/shop", "shop", "production", "1.4.2", at, Changes: [new("0f1e2d3c4b5a", at.AddMinutes(-12))]), ApiJson.Default.ReportDeployment);

    private static string CdEvent(string id, DateTimeOffset at) => $$"""
        {
          "context": { "version": "0.4.0", "id": "{{id}}", "source": "/ci", "type": "dev.cdevents.service.deployed.0.2.0", "timestamp": "{{at:O}}" },
          "subject": { "id": "cart", "type": "service", "content": { "environment": { "id": "production" }, "artifactId": "pkg:oci/cart@1" } }
        }
        """;

    private static string Envelope(string id, DateTimeOffset at) =>
        $$"""{ "specversion": "1.0", "id": "{{id}}", "source": "/ci", "type": "dev.cdevents.service.deployed.0.2.0", "time": "{{at:O}}", "data": {{CdEvent(id, at)}} }""";

    private static async Task<ReportTaken> TakenAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), ApiJson.Default.ReportTaken)!;

    private static Task<HttpResponseMessage> StructuredAsync(TestServer test, string body, string token = "admin") =>
        test.SendAsync("POST", "/api/v1/cdevents", body, token, request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json"));

    private static async Task<DoraView> DoraAsync(TestServer test, string query = "")
    {
        using var answer = await test.SendAsync("GET", "/api/v1/dora" + query);
        return JsonSerializer.Deserialize(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), ApiJson.Default.DoraView)!;
    }

    [Fact]
    public async Task Report_OfAnotherPipeline_CountsOnce()
    {
        await using var test = await TestServer.StartAsync();
        var at = test.Time.GetUtcNow().AddMinutes(-5);

        var first = await TakenAsync(await test.SendAsync("POST", "/api/v1/deployments", Deployment("run-1", at)));
        var second = await TakenAsync(await test.SendAsync("POST", "/api/v1/deployments", Deployment("run-1", at)));
        Assert.True(first.Recorded);
        Assert.Equal((false, first.Sequence), (second.Recorded, second.Sequence));

        var view = await DoraAsync(test, "?application=shop&days=30");
        Assert.Equal(1, view.Keys[0].Numerator);
        Assert.Equal(12 * 60, view.Keys[1].Value);
    }

    [Fact]
    public async Task CdEvent_InEitherMode_IsTheSameDeployment()
    {
        await using var test = await TestServer.StartAsync();
        var at = test.Time.GetUtcNow().AddMinutes(-5);
        var structured = await TakenAsync(await StructuredAsync(test, Envelope("e-1", at)));
        var binary = await TakenAsync(await test.SendAsync("POST", "/api/v1/cdevents", CdEvent("e-1", at), with: request =>
        {
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/cdevents+json");
            foreach (var (name, value) in new[] { ("specversion", "1.0"), ("id", "e-1"), ("source", "/ci"), ("type", "dev.cdevents.service.deployed.0.2.0"), ("time", $"{at:O}") }) request.Headers.Add("ce-" + name, value);
        }));

        Assert.True(structured.Recorded);
        Assert.Equal((false, structured.Sequence), (binary.Recorded, binary.Sequence));
        Assert.Equal(1, (await DoraAsync(test, "?application=cart")).Keys[0].Numerator);
    }

    [Fact]
    public async Task Reports_SentAtOnce_AreTakenOnce()
    {
        await using var test = await TestServer.StartAsync();
        var body = Deployment("run-1", test.Time.GetUtcNow().AddMinutes(-5));
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await TakenAsync(await test.SendAsync("POST", "/api/v1/deployments", body))));

        Assert.Single(taken, one => one.Recorded);
    }

    [Fact]
    public async Task Report_NeedsItsOwnScopeAndNoOther()
    {
        await using var test = await TestServer.StartAsync();
        var body = Deployment("run-1", test.Time.GetUtcNow().AddMinutes(-5));
        var other = (await test.NewTokenAsync("read", "deploy", "operate", "evidence", "metrics")).Token;
        Assert.Equal((403, "scope-missing"), await RefusedIdAsync(test, body, other));

        var own = (await test.NewTokenAsync("report")).Token;
        using var answer = await test.SendAsync("POST", "/api/v1/deployments", body, own);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        using var reading = await test.SendAsync("GET", "/api/v1/dora", token: own);
        Assert.Equal(HttpStatusCode.Forbidden, reading.StatusCode);
    }

    private static async Task<(int, string)> RefusedIdAsync(TestServer test, string body, string token)
    {
        var (status, problem) = await test.RefusedAsync("POST", "/api/v1/deployments", body, token);
        return (status, problem.Id);
    }

    [Theory]
    [InlineData("\"application\":\"shop\"", "\"application\":\"../shop\"", 400)]
    [InlineData("\"outcome\":\"succeeded\"", "\"outcome\":\"fine\"", 400)]
    [InlineData("0f1e2d3c4b5a", "main", 400)]
    [InlineData("\"id\":\"run-1\"", "\"id\":\"\"", 400)]
    public async Task Report_ThatIsWrong_SaysWhatWasSeen(string before, string after, int status)
    {
        await using var test = await TestServer.StartAsync();
        var body = Deployment("run-1", test.Time.GetUtcNow().AddMinutes(-5));
        Assert.Contains(before, body, StringComparison.Ordinal);

        var (refused, problem) = await test.RefusedAsync("POST", "/api/v1/deployments", body.Replace(before, after, StringComparison.Ordinal));
        Assert.Equal((status, "report-invalid"), (refused, problem.Id));
    }

    [Fact]
    public async Task Event_AboveTheLimit_Gets413()
    {
        // the server's own limit for bodies must not be what stops it
        await using var test = await TestServer.StartAsync(options => options with { MaxBody = 1 << 20 });
        var large = Envelope("e-1", test.Time.GetUtcNow()).Replace("pkg:oci/cart@1", new string('x', CloudEvent.MostBytes), StringComparison.Ordinal);

        using var answer = await StructuredAsync(test, large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Dora_OfAnEmptyLedger_HasFiveKeysWithoutAValue()
    {
        await using var test = await TestServer.StartAsync();
        var view = await DoraAsync(test);

        Assert.Equal(["deploymentFrequency", "changeLeadTime", "changeFailureRate", "failedDeploymentRecoveryTime", "deploymentReworkRate"], view.Keys.Select(key => key.Key));
        Assert.Equal((0, null), (view.Keys[2].Numerator, view.Keys[2].Value));
        Assert.Equal((400, "parameter-invalid"), await test.RefusedAsync("GET", "/api/v1/dora?days=0") is var (status, problem) ? (status, problem.Id) : default);
    }
}
