using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Tests;

/// <summary>A token for one application, or one environment, sees and changes nothing of another, on any route.</summary>
public sealed class TokenBoundTests
{
    private static readonly string[] s_scopes = ["read", "logs", "deploy", "operate", "evidence", "approve", "report"];

    // lists show the token's own where nothing else is asked for
    private static readonly Dictionary<string, string> s_queries = new(StringComparer.Ordinal)
    {
        ["listReleases"] = "?application=shop",
        ["listRollouts"] = "?application=shop",
        ["getHistory"] = "?application=shop",
        ["getDora"] = "?application=shop",
        ["listEvidence"] = "?release=shop-2",
        ["addEvidence"] = "?name=lcov.info&release=shop-2",
    };

    private static async Task<TestServer> StartAsync()
    {
        var test = await TestServer.StartAsync();
        test.Plane.Release = new("shop-2", "shop", null, new Dictionary<string, Digest> { ["web"] = Digest.Of("web"u8) }, [], test.Time.GetUtcNow());
        return test;
    }

    private static Task<string> TokenAsync(TestServer test, string? application, string? environment) => TokenAsync(test, new CreateToken("ci:trial", s_scopes, TimeSpan.FromHours(1), application, environment));

    private static async Task<string> TokenAsync(TestServer test, CreateToken asked)
    {
        using var answer = await test.SendAsync("POST", "/api/v1/tokens", JsonSerializer.Serialize(asked, ApiJson.Default.CreateToken));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.TokenCreated)!.Token;
    }

    private static async Task<string> AddEvidenceAsync(TestServer test)
    {
        using var added = await test.SendAsync("POST", "/api/v1/evidence?name=lcov.info&release=shop-2", with: Raw);
        return JsonSerializer.Deserialize(await added.Content.ReadAsStringAsync(), ApiJson.Default.EvidenceView)!.Id;
    }

    private static void Raw(HttpRequestMessage request)
    {
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Each route's example body is about shop in production; so are the values put into its path.</summary>
    private static async Task<(int Status, string Id)> CallAsync(TestServer test, ApiEndpoint endpoint, string evidence, string token)
    {
        var id = endpoint.Path.Contains("rollouts", StringComparison.Ordinal) ? "r-1" : endpoint.Path.Contains("evidence", StringComparison.Ordinal) ? evidence : "shop-2";
        var path = endpoint.Path.Replace("{application}", "shop", StringComparison.Ordinal).Replace("{environment}", "production", StringComparison.Ordinal)
            .Replace("{id}", id, StringComparison.Ordinal).Replace("{which}", "shop-2", StringComparison.Ordinal).Replace("{digest}", Digest.Of("web"u8).Value, StringComparison.Ordinal);
        using var answer = await test.SendAsync(endpoint.Method, path + s_queries.GetValueOrDefault(endpoint.Id), endpoint.Example, token, endpoint.RawBody == "application/octet-stream" ? Raw : null);
        var text = answer.IsSuccessStatusCode || endpoint.Method == "HEAD" ? "" : await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? "" : JsonSerializer.Deserialize(text, ApiJson.Default.Problem)!.Id);
    }

    public static TheoryData<string, string?> Others => new() { { "other", null }, { "other", "production" }, { "shop", "staging" } };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Routes_RefuseATokenForSomethingElse(string application, string? environment)
    {
        await using var test = await StartAsync();
        var evidence = await AddEvidenceAsync(test);
        var token = await TokenAsync(test, application, environment);
        // a release and its evidence are in no environment: for those the application alone decides
        string[] ofTheApplication = application == "shop" ? ["createRelease", "listReleases", "getRelease", "listRollouts", "getHistory", "getDora", "listEvidence", "addEvidence", "getEvidence", "getEvidenceContent", "withdrawEvidence"] : [];
        foreach (var endpoint in test.Server.Endpoints.Where(endpoint => endpoint.Scope is not (Scope.None or Scope.Admin or Scope.Metrics) && endpoint.Reach != Reach.Nobodys && !ofTheApplication.Contains(endpoint.Id)))
        {
            var (status, id) = await CallAsync(test, endpoint, evidence, token);
            var expected = endpoint.Id switch
            {
                // shows what is the token's own, and here that is nothing
                "getStatus" or "listGateDecisions" => (200, ""),
                // the gates were never asked, so there is nothing that could be somebody's
                "getGateDecision" or "replayGateDecision" => (404, "decision-unknown"),
                "exportReleaseProof" => (404, "decision-none"),
                // its raw body is no event
                "reportCdEvent" => (415, "not-a-cloudevent"),
                _ => (403, "token-bound"),
            };
            Assert.True(expected == (status, id), $"{endpoint.Id}: {status} {id}");
        }
    }

    [Fact]
    public async Task Routes_ServeATokenForThis()
    {
        await using var test = await StartAsync();
        var evidence = await AddEvidenceAsync(test);
        var token = await TokenAsync(test, "shop", "production");
        foreach (var endpoint in test.Server.Endpoints.Where(endpoint => endpoint.Scope is not (Scope.None or Scope.Admin or Scope.Metrics) && endpoint.Reach != Reach.Everything && endpoint.Id is not ("endSession" or "getLogs")))
        {
            var (_, id) = await CallAsync(test, endpoint, evidence, token);
            // the fake engine lists no releases, so nothing is known to be about one of shop's
            if (endpoint.Id is not ("getEvidence" or "getEvidenceContent" or "withdrawEvidence" or "approvePolicy")) Assert.True(id != "token-bound", endpoint.Id);
        }
    }

    [Fact]
    public async Task WhatIsForEverything_IsForNoBoundToken()
    {
        await using var test = await StartAsync();
        var token = await TokenAsync(test, "shop", null);
        foreach (var path in (string[])["/api/v1/ledger/entries", "/api/v1/events", "/api/v1/notifications"])
        {
            var refused = await test.RefusedAsync("GET", path, token: token);
            Assert.Equal((403, "token-bound"), (refused.Status, refused.Problem.Id));
        }
        Assert.Equal("this token is for application shop alone", (await test.RefusedAsync("GET", "/api/v1/events", token: token)).Problem.Message);
    }

    [Fact]
    public async Task Lists_ShowTheTokensOwn()
    {
        await using var test = await StartAsync();
        TrackView Track(string application, string environment) => new($"{application}/{environment}", application, environment, "Idle", null, null, null, null, [], null);
        test.Plane.Status = new StatusView("0", "0:", true, null, [Track("shop", "production"), Track("shop", "staging"), Track("other", "production")], []) { Paths = [new("shop", ["staging", "production"], []), new("other", ["production"], [])] };
        var token = await TokenAsync(test, "shop", "production");
        using var answer = await test.SendAsync("GET", "/api/v1/status", token: token);
        var status = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.StatusView)!;
        Assert.Equal(["shop/production"], status.Tracks.Select(track => track.Track));
        Assert.Equal(["shop"], status.Paths.Select(path => path.Application));
        using var rollouts = await test.SendAsync("GET", "/api/v1/rollouts", token: token);
        Assert.Contains(test.Plane.Calls, call => call.Contains("Application = shop, Environment = production", StringComparison.Ordinal));
    }

    /// <summary>A digest is content: who is for one application says which release of it the evidence is about.</summary>
    [Fact]
    public async Task Evidence_AboutADigestAlone_IsNotTakenFromABoundToken()
    {
        await using var test = await StartAsync();
        var token = await TokenAsync(test, "shop", null);
        Assert.Equal("token-bound", (await test.RefusedAsync("POST", $"/api/v1/evidence?name=lcov.info&subject={Digest.Of("web"u8)}", token: token, with: Raw)).Problem.Id);
        using var taken = await test.SendAsync("POST", "/api/v1/evidence?name=lcov.info&release=shop-2", token: token, with: Raw);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal("token-bound", (await test.RefusedAsync("GET", "/api/v1/evidence", token: token)).Problem.Id);
    }

    [Fact]
    public async Task Bound_OutlivesARestart_AndIsListed()
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        string token;
        await using (var test = await TestServer.StartAsync(state: state)) token = await TokenAsync(test, "shop", "staging");
        await using var again = await TestServer.StartAsync(state: state);
        using var list = await again.SendAsync("GET", "/api/v1/tokens");
        Assert.Contains("\"application\":\"shop\",\"environment\":\"staging\"", await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("token-bound", (await again.RefusedAsync("GET", "/api/v1/tracks/shop/production", token: token)).Problem.Id);
        using var own = await again.SendAsync("GET", "/api/v1/tracks/shop/staging", token: token);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData("admin", "shop", null, "token-bound-scope")]
    [InlineData("metrics", null, "production", "token-bound-scope")]
    [InlineData("read", "Not A Name", null, "application-invalid")]
    [InlineData("read", null, "../x", "environment-invalid")]
    public async Task Bound_ThatMeansNothing_IsRefused(string scope, string? application, string? environment, string id)
    {
        await using var test = await StartAsync();
        var body = JsonSerializer.Serialize(new CreateToken("ci:trial", [scope], TimeSpan.FromHours(1), application, environment), ApiJson.Default.CreateToken);
        var refused = await test.RefusedAsync("POST", "/api/v1/tokens", body);
        Assert.Equal((400, id), (refused.Status, refused.Problem.Id));
    }

    [Theory]
    [InlineData("shop", null, "shop/production", true)]
    [InlineData("shop", "staging", "shop/production", false)]
    [InlineData("shop", null, "production", false)]
    [InlineData(null, "production", "production", true)]
    [InlineData(null, "production", "*", false)]
    [InlineData(null, null, "*", true)]
    public void Policy_OfAnEnvironment_IsEveryApplications(string? application, string? environment, string scope, bool may) =>
        Assert.Equal(may, new TokenBound(application, environment).CoversPolicy(scope));
}
