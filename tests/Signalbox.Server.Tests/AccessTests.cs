using System.Net;
using Signalbox.Server.Access;
using Signalbox.Server.Http;

namespace Signalbox.Server.Tests;

public sealed class AccessTests
{
    private const string Digest = "sha256:9f2c8d1e0b3a4f5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4";

    [Fact]
    public async Task EveryRoute_WithoutAToken_IsRefused()
    {
        await using var test = await TestServer.StartAsync();

        foreach (var route in Guarded(test))
            Assert.Equal((route.Id, 401), (route.Id, await StatusAsync(test, route, token: null)));
    }

    [Fact]
    public async Task EveryRoute_WithAWrongOrExpiredToken_IsRefused()
    {
        await using var test = await TestServer.StartAsync();
        var expired = (await test.NewTokenAsync("admin")).Token;
        test.Time.Advance(TimeSpan.FromHours(1));

        foreach (var route in Guarded(test))
        {
            // past 20 failures a minute it is 429
            Assert.Contains(await StatusAsync(test, route, "sbx_" + new string('A', 43)), new[] { 401, 429 });
            Assert.Contains(await StatusAsync(test, route, expired), new[] { 401, 429 });
        }
    }

    [Fact]
    public async Task EveryRoute_WithEveryOtherScope_IsForbidden()
    {
        await using var test = await TestServer.StartAsync();
        foreach (var route in Guarded(test))
        {
            string[] others = [.. new[] { Scope.Read, Scope.Logs, Scope.Deploy, Scope.Operate }.Where(s => s != route.Scope).SelectMany(s => s.ToNames())];
            var token = (await test.NewTokenAsync(others)).Token;
            Assert.Equal((route.Id, 403), (route.Id, await StatusAsync(test, route, token)));
        }
    }

    [Fact]
    public async Task EveryRoute_WithItsScopeAlone_IsServed()
    {
        await using var test = await TestServer.StartAsync();
        foreach (var route in Guarded(test).Where(r => r.Id != "shutDown"))
        {
            var token = (await test.NewTokenAsync([.. route.Scope.ToNames()])).Token;
            Assert.DoesNotContain(await StatusAsync(test, route, token), new[] { 401, 403, 405, 500 });
        }
    }

    [Fact]
    public async Task Health_NeedsNoToken()
    {
        await using var test = await TestServer.StartAsync();

        using var answer = await test.SendAsync("GET", "/healthz", token: null);

        Assert.Equal("""{"status":"ok"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task WrongTokens_AreSlowedDown_AndARightOneIsNot()
    {
        await using var test = await TestServer.StartAsync();
        for (var i = 0; i < FailedAttempts.PerMinute; i++)
            Assert.Equal(401, (await test.RefusedAsync("GET", "/api/v1/status", token: $"sbx_{i}")).Status);

        using var slowed = await test.SendAsync("GET", "/api/v1/status", token: "sbx_again");
        using var right = await test.SendAsync("GET", "/api/v1/status");

        Assert.Equal((HttpStatusCode)429, slowed.StatusCode);
        Assert.NotNull(slowed.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        test.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(401, (await test.RefusedAsync("GET", "/api/v1/status", token: "sbx_later")).Status);
    }

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("evil.example:7433", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("10.0.0.1", 421)]
    [InlineData("localhost", 200)]
    [InlineData("[::1]:7433", 200)]
    [InlineData("box.example:80", 200)]
    public async Task Host_MustBeLoopbackOrListed(string host, int status)
    {
        await using var test = await TestServer.StartAsync(o => o with { AllowedHosts = ["box.example"] });

        using var answer = await test.SendAsync("GET", "/api/v1/status", with: r => r.Headers.Host = host);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Origin_OfAnother_IsRefusedEvenWithAToken(string origin)
    {
        await using var test = await TestServer.StartAsync();

        var refused = await test.RefusedAsync("GET", "/api/v1/status", with: r => r.Headers.Add("Origin", origin));

        Assert.Equal((403, "origin-not-allowed"), (refused.Status, refused.Problem.Id));
    }

    [Fact]
    public async Task LoginLink_OpensOneSessionOnce()
    {
        await using var test = await TestServer.StartAsync();
        var link = await test.NewLoginLinkAsync();

        var (cookie, attributes) = await LogInAsync(test, link);

        Assert.Contains("httponly", attributes, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", attributes, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("login-link-spent", (await test.RefusedAsync("GET", link, token: null)).Problem.Id);
        using var own = await test.SendAsync("GET", "/api/v1/session", token: null, with: r => r.Headers.Add("Cookie", cookie));
        Assert.Contains("\"scopes\":[\"admin\"]", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        test.Time.Advance(TimeSpan.FromHours(13));
        Assert.Equal("session-ended", (await test.RefusedAsync("GET", "/api/v1/session", token: null, with: r => r.Headers.Add("Cookie", cookie))).Problem.Id);
    }

    [Fact]
    public async Task LoginLink_After5Minutes_IsSpent()
    {
        await using var test = await TestServer.StartAsync();
        var link = await test.NewLoginLinkAsync();
        test.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(401, (await test.RefusedAsync("GET", link, token: null)).Status);
    }

    [Fact]
    public async Task Session_ChangesThingsOnlyFromItsOwnOrigin()
    {
        await using var test = await TestServer.StartAsync();
        var (cookie, _) = await LogInAsync(test, await test.NewLoginLinkAsync());
        const string path = "/api/v1/rollouts/r-1/abort";

        Assert.Equal(403, (await test.RefusedAsync("POST", path, "{}", null, r => r.Headers.Add("Cookie", cookie))).Status);
        using var own = await test.SendAsync("POST", path, "{}", null, r =>
        {
            r.Headers.Add("Cookie", cookie);
            r.Headers.Add("Origin", test.Server.Address);
        });

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData(true, true, 200)]
    [InlineData(true, false, 403)]
    [InlineData(false, true, 403)]
    public async Task Session_BehindAProxyThatEndsTls_ChangesThingsWhereTheProxyIsBelieved(bool told, bool tls, int status)
    {
        await using var test = await TestServer.StartAsync(o => o with { BehindTls = told });
        var (cookie, _) = await LogInAsync(test, await test.NewLoginLinkAsync());
        using var answer = await test.SendAsync("POST", "/api/v1/rollouts/r-1/abort", "{}", null, r =>
        {
            r.Headers.Add("Cookie", cookie);
            r.Headers.Add("Origin", test.Server.Address.Replace("http:", "https:", StringComparison.Ordinal));
            if (tls) r.Headers.Add("X-Forwarded-Proto", "https");
        });

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Session_MakesNoLoginLinks()
    {
        await using var test = await TestServer.StartAsync();
        var (cookie, _) = await LogInAsync(test, await test.NewLoginLinkAsync());

        var refused = await test.RefusedAsync("POST", "/api/v1/login-links", null, null, r =>
        {
            r.Headers.Add("Cookie", cookie);
            r.Headers.Add("Origin", test.Server.Address);
        });

        Assert.Equal("token-needed", refused.Problem.Id);
    }

    [Fact]
    public async Task EveryAnswer_CarriesTheSecurityHeadersAndNoCors()
    {
        await using var test = await TestServer.StartAsync();
        foreach (var token in new[] { "admin", null })
        {
            using var answer = await test.SendAsync("GET", "/api/v1/status", token: token);
            Assert.StartsWith("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    private static IEnumerable<ApiEndpoint> Guarded(TestServer test) => test.Server.Endpoints.Where(e => e.Id is not ("getHealth" or "logIn" or "getPage" or "getPageFile" or "exchangeToken" or "getProgram" or "hasProgram"));

    private static async Task<int> StatusAsync(TestServer test, ApiEndpoint route, string? token)
    {
        var path = route.Path.Replace("{application}", "shop", StringComparison.Ordinal).Replace("{environment}", "production", StringComparison.Ordinal)
            .Replace("{id}", "none", StringComparison.Ordinal).Replace("{digest}", Digest, StringComparison.Ordinal);
        using var answer = await test.SendAsync(route.Method, path, route.Example, token);
        return (int)answer.StatusCode;
    }

    /// <summary>Whoever begins sessions without end signs nobody else out.</summary>
    [Fact]
    public void Sessions_AreBoundedByToken()
    {
        var sessions = new Sessions(TimeProvider.System);
        var (mine, _) = sessions.Begin("operator");
        List<string> others = [.. Enumerable.Range(0, 2000).Select(number => sessions.Begin($"greedy-{number % 3}").Session)];
        Assert.Equal("operator", sessions.Find(mine)?.TokenId);
        Assert.Null(sessions.Find(others[0]));
        Assert.NotNull(sessions.Find(others[^1]));
        for (var token = 0; token < 2000; token++) sessions.Begin($"one-{token}");
        Assert.True(others.Count(session => sessions.Find(session) is not null) <= 3 * 64);
    }

    [Fact]
    public async Task Cookie_HasThePortInItsName_SoThatInstallationsOfOneMachineKeepTheirs()
    {
        await using var test = await TestServer.StartAsync();
        var (cookie, _) = await LogInAsync(test, await test.NewLoginLinkAsync());
        Assert.StartsWith($"signalbox_session_{new Uri(test.Server.Address).Port}=", cookie, StringComparison.Ordinal);
    }

    private static async Task<(string Cookie, string Attributes)> LogInAsync(TestServer test, string link)
    {
        using var answer = await test.SendAsync("GET", link, token: null);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var set = answer.Headers.GetValues("Set-Cookie").Single();
        return (set[..set.IndexOf(';')], set);
    }
}
