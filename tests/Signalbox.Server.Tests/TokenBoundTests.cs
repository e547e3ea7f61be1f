using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Server.Access;
using Signalbox.Server.Http;
using Signalbox.Server.Tests.Metrics;

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
        test.Plane.Releases.Add(Release("shop", 2));
        return test;
    }

    private static readonly Digest s_artifact = Digest.Of("web"u8);

    private static Release Release(string application, int number) => new(
        $"{application}-{number}", application, null, new Dictionary<string, Digest> { ["web"] = s_artifact },
        [.. new[] { "staging", "production" }.Select(name => new EnvironmentConfiguration(name, "local", Exposed.Canary, []))], DateTimeOffset.UnixEpoch);

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
        string[] ofTheApplication = application == "shop" ? ["createRelease", "listReleases", "getRelease", "listRollouts", "getHistory", "getDora", "listEvidence", "addEvidence", "getEvidence", "getEvidenceContent"] : [];
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
            // what is withdrawn is gone for every environment
            if (endpoint.Id is not ("withdrawEvidence" or "approvePolicy")) Assert.True(id != "token-bound", endpoint.Id);
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

    private static async Task<EvidenceView> AddAsync(TestServer test, string about, string token = "admin")
    {
        using var added = await test.SendAsync("POST", $"/api/v1/evidence?name=lcov.info&{about}", token: token, with: Raw);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        return JsonSerializer.Deserialize(await added.Content.ReadAsStringAsync(), ApiJson.Default.EvidenceView)!;
    }

    private static async Task<(int Read, int Content, int Withdrawn)> MayAsync(TestServer test, EvidenceView evidence, string token)
    {
        using var read = await test.SendAsync("GET", $"/api/v1/evidence/{evidence.Id}", token: token);
        using var content = await test.SendAsync("GET", $"/api/v1/evidence/{evidence.Id}/content", token: token);
        using var gone = await test.SendAsync("POST", $"/api/v1/evidence/{evidence.Id}/withdraw", """{"reason":"of another build"}""", token);
        return ((int)read.StatusCode, (int)content.StatusCode, (int)gone.StatusCode);
    }

    /// <summary>Anybody with a release of their own can put another's artifact into it: digests are no secret.</summary>
    [Fact]
    public async Task Evidence_OfATokenForOneApplication_SpeaksForItAlone()
    {
        await using var test = await StartAsync();
        test.Plane.Releases.Add(Release("other", 7));
        var (shop, other, bob) = (await TokenAsync(test, "shop", null), await TokenAsync(test, "other", null), await TokenAsync(test, new CreateToken("bob", s_scopes, TimeSpan.FromHours(1), "shop")));
        var theirs = await AddAsync(test, $"release=other-7&subject={s_artifact}", other);
        Assert.Equal("other", theirs.For);
        async Task<string[]> ListAsync(string release)
        {
            using var answer = await test.SendAsync("GET", $"/api/v1/evidence?release={release}");
            return [.. JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.IReadOnlyListEvidenceView)!.Select(view => view.Id)];
        }
        Assert.Empty(await ListAsync("shop-2"));
        Assert.Equal([theirs.Id], await ListAsync("other-7"));

        // nor is the other's read or taken away
        var ours = await AddAsync(test, $"release=shop-2&subject={s_artifact}", shop);
        Assert.Equal((403, 403, 403), await MayAsync(test, ours, other));
        Assert.Equal((200, 200, 200), await MayAsync(test, ours, bob));
        Assert.Equal((200, 200, 403), await MayAsync(test, await AddAsync(test, $"subject={s_artifact}"), other));
        var whole = await AddAsync(test, "release=shop-2");
        Assert.Equal((403, 403, 403), await MayAsync(test, whole, other));
        Assert.Equal((200, 200, 200), await MayAsync(test, whole, bob));
    }

    /// <summary>What staging's approver withdraws would be gone for production, too.</summary>
    [Theory]
    [InlineData("shop")]
    [InlineData(null)]
    public async Task Evidence_IsNotWithdrawnByATokenForOneEnvironment(string? application)
    {
        await using var test = await StartAsync();
        var evidence = await AddEvidenceAsync(test);
        var refused = await test.RefusedAsync("POST", $"/api/v1/evidence/{evidence}/withdraw", """{"reason":"in the way"}""", await TokenAsync(test, application, "staging"));
        Assert.Equal((403, "token-bound"), (refused.Status, refused.Problem.Id));
    }

    /// <summary>Variables of production are nothing that staging's token is for.</summary>
    [Theory]
    [InlineData("/api/v1/releases")]
    [InlineData("/api/v1/releases/shop-2")]
    public async Task Release_IsShownAsItRunsInTheTokensEnvironment(string path)
    {
        await using var test = await StartAsync();
        foreach (var (environment, expected) in new (string? Environment, string[] Expected)[] { ("staging", ["staging"]), (null, ["staging", "production"]) })
        {
            using var answer = await test.SendAsync("GET", path, token: await TokenAsync(test, "shop", environment));
            var shown = (await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync())).RootElement;
            if (shown.ValueKind == JsonValueKind.Array) shown = shown[0];
            Assert.Equal(expected, shown.GetProperty("environments").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        }
    }

    /// <summary>Also where another environment was asked later.</summary>
    [Fact]
    public async Task Decision_OfARelease_IsTheNewestThatTheTokenIsFor()
    {
        await using var test = await StartAsync();
        foreach (var environment in (string[])["staging", "production"]) await test.Plane.RecordAsync([Exposed.Decision(test.Time.GetUtcNow(), environment)], CancellationToken.None);
        var token = await TokenAsync(test, "shop", "staging");
        using var answer = await test.SendAsync("GET", "/api/v1/gates/decisions/shop-2", token: token);
        var found = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.GateDecisionView)!;
        Assert.Equal("shop/staging", found.Track);
        using var replayed = await test.SendAsync("POST", "/api/v1/gates/decisions/shop-2/replay", token: token);
        Assert.Equal(HttpStatusCode.OK, replayed.StatusCode);
        Assert.Equal("token-bound", (await test.RefusedAsync("GET", $"/api/v1/gates/decisions/{found.Sequence + 1}", token: token)).Problem.Id);
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
