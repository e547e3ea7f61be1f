using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Signalbox.Api;
using Signalbox.Tests.Identities;
using Signalbox.Tests.Outbound;

namespace Signalbox.Server.Tests;

/// <summary>A CI job gets in by its own token: once, for what its rule gives it, for a short time.</summary>
public sealed class ExchangeTests : IAsyncDisposable
{
    private readonly LocalIssuer _issuer = new();
    private readonly LoopbackServer _service;

    public ExchangeTests() => _service = new(request => LoopbackAnswer.Text(200, request.Path == "/keys" ? _issuer.Keys() : "{}", "application/json"));

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private string Address => _service.Address.ToString().TrimEnd('/');

    private void Write(TestServer test, string scopes = "[evidence, read]", string more = "") => File.WriteAllText(Path.Combine(test.State, "identities.yaml"), $$"""
        apiVersion: signalbox-identities/v1
        audience: https://signalbox.acme.example
        issuers: [{ name: github, provider: github, issuer: "{{Address}}", keys: "{{Address}}/keys" }]
        rules: [{ principal: "ci:shop", issuer: github, claims: { repository_id: "4711", ref: refs/heads/main }, scopes: {{scopes}}, validFor: 15m{{more}} }]
        """);

    private string Token(TestServer test, Action<JsonObject>? with = null)
    {
        var claims = LocalIssuer.Claims(test.Time.GetUtcNow(), Address);
        with?.Invoke(claims);
        return _issuer.Token(claims);
    }

    private static string Body(string token) => JsonSerializer.Serialize(new ExchangeToken(token), ApiJson.Default.ExchangeToken);

    private static async Task<TokenCreated> ExchangeAsync(TestServer test, string token)
    {
        using var answer = await test.SendAsync("POST", "/api/v1/tokens/exchange", Body(token), token: null);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ApiJson.Default.TokenCreated)!;
    }

    private static async Task<string> RefusedAsync(TestServer test, string token, int status = 401)
    {
        var (code, problem) = await test.RefusedAsync("POST", "/api/v1/tokens/exchange", Body(token), token: null);
        Assert.Equal(status, code);
        return problem.Id + ": " + problem.Message;
    }

    [Fact]
    public async Task JobsToken_IsExchangedForAShortOne_WithWhatTheRuleGives()
    {
        await using var test = await TestServer.StartAsync();
        Write(test);

        var created = await ExchangeAsync(test, Token(test));

        Assert.Equal(("ci:shop", "read,evidence"), (created.View.Principal, string.Join(',', created.View.Scopes)));
        using (var served = await test.SendAsync("GET", "/api/v1/status", token: created.Token)) Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(403, (await test.RefusedAsync("GET", "/api/v1/tokens", token: created.Token)).Status);
        test.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(401, (await test.RefusedAsync("GET", "/api/v1/status", token: created.Token)).Status);
    }

    [Fact]
    public async Task JobsToken_IsForWhatTheRuleIsFor()
    {
        await using var test = await TestServer.StartAsync();
        Write(test, more: ", application: shop, environment: staging");
        var created = await ExchangeAsync(test, Token(test));
        Assert.Equal(("shop", "staging"), (created.View.Application, created.View.Environment));
        Assert.Equal("token-bound", (await test.RefusedAsync("GET", "/api/v1/tracks/shop/production", token: created.Token)).Problem.Id);
        Write(test, more: ", application: Not a name");
        Assert.Contains("application", await RefusedAsync(test, Token(test, claims => claims["jti"] = "another"), 503), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JobsToken_IsTakenOnce_AlsoAfterARestart_AndOfManyAtOnceOneGetsIn()
    {
        var state = Directory.CreateTempSubdirectory("signalbox-").FullName;
        string spent;
        await using (var test = await TestServer.StartAsync(state: state))
        {
            Write(test);
            spent = Token(test);
            await ExchangeAsync(test, spent);
            Assert.Contains("was used before", await RefusedAsync(test, spent));

            var raced = Token(test);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => test.SendAsync("POST", "/api/v1/tokens/exchange", Body(raced), token: null)));
            Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
            foreach (var answer in answers) answer.Dispose();
        }
        await using (var again = await TestServer.StartAsync(state: state)) Assert.Contains("was used before", await RefusedAsync(again, spent));
        Directory.Delete(state, recursive: true);
    }

    [Fact]
    public async Task Job_ThatNoRuleIsFor_IsRefused()
    {
        await using var test = await TestServer.StartAsync();
        Write(test);
        Assert.Contains("no rule lets in", await RefusedAsync(test, Token(test, claims => claims["ref"] = "refs/pull/1/merge")));
        Assert.Contains("no rule lets in", await RefusedAsync(test, Token(test, claims => claims["repository_id"] = "1")));
        Assert.Contains("none of those", await RefusedAsync(test, Token(test, claims => claims["iss"] = "https://other.example")));
        Assert.Contains("another audience", await RefusedAsync(test, Token(test, claims => claims["aud"] = "sts.amazonaws.com")));
        Assert.Contains("three parts", await RefusedAsync(test, "no token"));
        Assert.Contains("does not hold", await RefusedAsync(test, new LocalIssuer().Token(LocalIssuer.Claims(test.Time.GetUtcNow(), Address))));
    }

    [Fact]
    public async Task WithoutRules_OrWithRulesThatCannotBeRead_NobodyGetsIn()
    {
        await using var test = await TestServer.StartAsync();
        Assert.StartsWith("identities-none", await RefusedAsync(test, Token(test)));
        Write(test, "[admin]");
        Assert.StartsWith("identities-invalid", await RefusedAsync(test, Token(test), 503));
    }

    [Fact]
    public async Task IssuerThatIsAway_DecidesNothing()
    {
        await using var test = await TestServer.StartAsync();
        Write(test);
        await _service.DisposeAsync();
        Assert.StartsWith("issuer-unavailable", await RefusedAsync(test, Token(test), 503));
    }
}
