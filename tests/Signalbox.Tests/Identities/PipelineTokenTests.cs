using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Signalbox.Identities;
using Signalbox.Outbound;
using Signalbox.Tests.Outbound;

namespace Signalbox.Tests.Identities;

/// <summary>Tokens of CI jobs: which are taken, and each way of being wrong.</summary>
public sealed class PipelineTokenTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LocalIssuer s_issuer = new();
    private static readonly JsonWebKeySet s_keys = JsonWebKeySet.Read(Encoding.UTF8.GetBytes(s_issuer.Keys()));

    private static PipelineIdentity Verify(string token, DateTimeOffset? now = null) => PipelineToken.Verify(token, s_keys, LocalIssuer.Address, LocalIssuer.Audience, now ?? s_now);

    private static JsonObject With(string name, JsonNode? value)
    {
        var claims = LocalIssuer.Claims(s_now);
        if (value is null) claims.Remove(name);
        else claims[name] = value;
        return claims;
    }

    private static void Refused(string token, string saying) => Assert.Contains(saying, Assert.Throws<TokenRefusedException>(() => Verify(token)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public void Token_OfAJob_IsTaken(string algorithm)
    {
        var identity = Verify(s_issuer.Token(LocalIssuer.Claims(s_now), algorithm));
        Assert.Equal(("4711", "refs/heads/main"), (identity.Claims["repository_id"], identity.Claims["ref"]));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("PS256")]
    [InlineData("RS512")]
    [InlineData("rs256")]
    public void Algorithm_BesideTheTwo_IsRefused(string algorithm) => Refused(s_issuer.Token(LocalIssuer.Claims(s_now), algorithm), "expected RS256 or ES256");

    [Fact]
    public void Algorithm_OfAnotherKey_IsRefused() => Refused(s_issuer.Token(LocalIssuer.Claims(s_now), header: new() { ["kid"] = "x" }, id: "1-ec"), "a key that its issuer does not have");

    [Fact]
    public void KeyThatTheTokenBringsAlong_CountsForNothing()
    {
        var other = new LocalIssuer();
        var header = new JsonObject { ["jwk"] = JsonNode.Parse(other.Keys())!["keys"]![0]!.DeepClone(), ["jku"] = "https://evil.example/keys", ["x5u"] = "https://evil.example/cert" };
        Refused(other.Token(LocalIssuer.Claims(s_now), header: header), "does not hold");
        Refused(s_issuer.Token(LocalIssuer.Claims(s_now), header: new() { ["crit"] = new JsonArray("exp") }), "must be understood");
    }

    [Fact]
    public void Claims_ThatAreNotForUsAndNow_AreRefused()
    {
        Refused(s_issuer.Token(With("iss", "https://other.example")), "another issuer");
        Refused(s_issuer.Token(With("aud", "https://sts.cloud.example")), "another audience");
        Refused(s_issuer.Token(With("aud", new JsonArray(LocalIssuer.Audience, "https://other.example"))), "another audience");
        Refused(s_issuer.Token(With("aud", null)), "aud is missing");
        Refused(s_issuer.Token(With("exp", s_now.AddMinutes(-2).ToUnixTimeSeconds())), "expired");
        Refused(s_issuer.Token(With("iat", s_now.AddMinutes(2).ToUnixTimeSeconds())), "of the future");
        Refused(s_issuer.Token(With("nbf", s_now.AddMinutes(2).ToUnixTimeSeconds())), "of the future");
        Refused(s_issuer.Token(With("exp", s_now.AddHours(25).ToUnixTimeSeconds())), "the most is 24 h");
        Refused(s_issuer.Token(With("exp", "never")), "not a time");
        Refused(s_issuer.Token(With("exp", 1e300)), "not a time");
        foreach (var claim in new[] { "exp", "iat", "jti", "sub" }) Refused(s_issuer.Token(With(claim, null)), $"{claim} is missing");
        Assert.NotNull(Verify(s_issuer.Token(With("aud", new JsonArray(LocalIssuer.Audience)))));
    }

    [Fact]
    public void Clocks_MayDifferByAMinute()
    {
        var token = s_issuer.Token(LocalIssuer.Claims(s_now));
        Assert.NotNull(Verify(token, s_now.AddSeconds(-59)));
        Assert.NotNull(Verify(token, s_now.AddMinutes(5).AddSeconds(59)));
        Assert.Throws<TokenRefusedException>(() => Verify(token, s_now.AddSeconds(-61)));
        Assert.Throws<TokenRefusedException>(() => Verify(token, s_now.AddMinutes(5).AddSeconds(61)));
    }

    [Fact]
    public void EveryCharacter_ThatIsChanged_IsRefused()
    {
        var token = s_issuer.Token(LocalIssuer.Claims(s_now), "ES256");
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Throws<TokenRefusedException>(() => Verify(new(changed)));
        }
    }

    [Fact]
    public void AnyText_IsRefused_AndNothingElse() => Gen.String[Gen.Char["abcXYZ019-_.{}\":"], 0, 80].Sample(text =>
    {
        try
        {
            Verify(text);
            return false;
        }
        catch (TokenRefusedException)
        {
            return true;
        }
    });

    private const string Rules = """
        apiVersion: signalbox-identities/v1
        audience: https://signalbox.acme.example
        issuers: [{ name: github, provider: github, issuer: https://token.ci.example }]
        rules:
          - { principal: "ci:shop-release", issuer: github, claims: { repository_id: "4711", ref: refs/heads/main, environment: production }, scopes: [deployer], validFor: 10m }
          - { principal: "ci:shop", issuer: github, claims: { repository_id: "4711", ref: refs/heads/* }, scopes: [evidence, read] }
        """;

    private static string? PrincipalFor(JsonObject claims) =>
        IdentityRulesReader.Read(Encoding.UTF8.GetBytes(Rules), "identities.yaml").Rules!.RuleFor(Verify(s_issuer.Token(claims)))?.Principal;

    [Fact]
    public void FirstRule_ThatIsMetWhole_SaysWhoActs()
    {
        Assert.Equal("ci:shop-release", PrincipalFor(LocalIssuer.Claims(s_now)));
        Assert.Equal("ci:shop", PrincipalFor(With("ref", "refs/heads/topic")));
        Assert.Equal("ci:shop", PrincipalFor(With("environment", null)));
        Assert.Null(PrincipalFor(With("repository_id", "4712")));
        Assert.Null(PrincipalFor(With("ref", "refs/tags/v1")));
    }

    [Theory]
    [InlineData("repository_id: \"4711\"", "repository: acme/shop", "nothing in these claims outlives a rename")]
    [InlineData("repository_id: \"4711\"", "repository_id: \"47*\"", "nothing in these claims outlives a rename")]
    [InlineData("[deployer]", "[admin]", "scope is 'admin'")]
    [InlineData("[deployer]", "[approve]", "scope is 'approve'")]
    [InlineData("ci:shop-release", "alice", "begins with ci:")]
    [InlineData("issuer: https://token.ci.example", "issuer: http://token.ci.example", "an address of https")]
    [InlineData("issuer: github, claims: { repository_id: \"4711\", ref: refs/heads/main", "issuer: gitlab, claims: { repository_id: \"4711\", ref: refs/heads/main", "one of the issuers")]
    [InlineData("validFor: 10m", "validFor: 13h", "at most 12h")]
    [InlineData("audience: https://signalbox.acme.example", "audiences: x", "unknown key 'audiences'")]
    // everybody's audience is nobody's: whoever is handed such a token could hand it on
    [InlineData("audience: https://signalbox.acme.example", "audience: api://AzureADTokenExchange", "is everybody's")]
    [InlineData("issuer: https://token.ci.example }", "issuer: https://token.ci.example, audience: api://AzureADTokenExchange }", "jobs of github can ask for ours")]
    public void Rules_ThatLetInMoreThanIsMeant_AreRefused(string text, string instead, string saying)
    {
        var file = IdentityRulesReader.Read(Encoding.UTF8.GetBytes(Rules.Replace(text, instead, StringComparison.Ordinal)), "identities.yaml");
        Assert.Null(file.Rules);
        Assert.Contains(file.Findings, finding => finding.Message.Contains(saying, StringComparison.Ordinal));
    }

    /// <summary>Azure DevOps writes one audience into every token: it is taken for that issuer alone, and warned of.</summary>
    [Fact]
    public void Audience_OfAnIssuer_IsForItsTokensAlone()
    {
        var text = Rules.Replace("issuers: [{", "issuers: [{ name: azure, provider: azure, issuer: https://vstoken.example, audience: \"api://AzureADTokenExchange\" }, {", StringComparison.Ordinal);
        var file = IdentityRulesReader.Read(Encoding.UTF8.GetBytes(text), "identities.yaml");
        Assert.Equal("identities-shared-audience", Assert.Single(file.Findings).Id);
        Assert.Equal(["api://AzureADTokenExchange", "https://signalbox.acme.example"], file.Rules!.Issuers.Select(file.Rules.AudienceOf));
    }

    [Fact]
    public async Task Keys_AreFetchedWhenNeeded_WithinBounds()
    {
        var (served, up, time) = (s_issuer.Keys(), true, new FakeTimeProvider(s_now));
        LoopbackServer? server = null;
        server = new(request => !up ? LoopbackAnswer.Text(500, "away") : request.Path == "/keys" ? LoopbackAnswer.Text(200, served, "application/json")
            : LoopbackAnswer.Text(200, $$"""{"issuer":"{{server!.Address}}","jwks_uri":"{{server.Address}}keys"}""", "application/json"));
        await using (server)
        {
            var issuer = new IdentityIssuer("ci", "github", server.Address.ToString(), null);
            // the real clock bounds the calls; the other one ages what they brought
            using var keys = new IssuerKeys(time, named => new(OutboundRules.Naming(new Uri(named.Address))));
            async Task<bool> HasAsync(string id) => (await keys.ForAsync(issuer, id, TestContext.Current.CancellationToken)).Keys.Any(key => key.Id == id);

            Assert.True(await HasAsync("1"));
            Assert.True(await HasAsync("1"));
            Assert.Equal(2, server.Requests.Count);

            // a key nobody has asks once in 30 s, not once a token
            served = s_issuer.Keys("2");
            for (var i = 0; i < 10; i++) Assert.False(await HasAsync("2"));
            Assert.Equal(2, server.Requests.Count);
            time.Advance(IssuerKeys.Between);
            Assert.True(await HasAsync("2"));
            Assert.Equal(4, server.Requests.Count);

            // an issuer that is away: what is known counts for a day
            up = false;
            time.Advance(IssuerKeys.Fresh);
            Assert.True(await HasAsync("2"));
            time.Advance(IssuerKeys.Longest);
            await Assert.ThrowsAsync<IssuerUnavailableException>(() => HasAsync("2"));
        }
    }

    /// <summary>The door is open to everybody: who comes with a key that nobody has and hangs up makes no more requests than who waits.</summary>
    [Fact]
    public async Task Keys_WhoHangsUp_AsksNoMoreOften()
    {
        using var asked = new SemaphoreSlim(0);
        using var answer = new ManualResetEventSlim();
        await using var server = new LoopbackServer(_ =>
        {
            asked.Release();
            answer.Wait(TimeSpan.FromSeconds(20));
            return LoopbackAnswer.Text(200, s_issuer.Keys(), "application/json");
        });
        using var keys = new IssuerKeys(TimeProvider.System);
        var issuer = new IdentityIssuer("ci", "github", server.Address.ToString(), server.Address);
        for (var i = 0; i < 3; i++)
        {
            using var stop = new CancellationTokenSource();
            var waiting = keys.ForAsync(issuer, "nobody's", stop.Token);
            if (i == 0) await asked.WaitAsync(TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        answer.Set();
        Assert.NotEmpty((await keys.ForAsync(issuer, "nobody's", TestContext.Current.CancellationToken)).Keys);
        Assert.Single(server.Requests);
    }

    /// <summary>A job hung up while its issuer was away: that is no answer to one that comes hours later.</summary>
    [Fact]
    public async Task Keys_OfAFetchThatNobodyWaitedFor_AnswerNoLaterJob()
    {
        using var asked = new SemaphoreSlim(0);
        using var answer = new ManualResetEventSlim();
        var (time, requests) = (new FakeTimeProvider(s_now), 0);
        await using var server = new LoopbackServer(_ =>
        {
            if (Interlocked.Increment(ref requests) > 1) return LoopbackAnswer.Text(200, s_issuer.Keys(), "application/json");
            asked.Release();
            answer.Wait(TimeSpan.FromSeconds(20));
            return LoopbackAnswer.Text(500, "away");
        });
        var issuer = new IdentityIssuer("ci", "github", server.Address.ToString(), server.Address);
        using var keys = new IssuerKeys(time, named => new(OutboundRules.Naming(new Uri(named.Address), named.Keys)));
        using var stop = new CancellationTokenSource();
        var waiting = keys.ForAsync(issuer, "1", stop.Token);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        answer.Set();
        time.Advance(TimeSpan.FromHours(3));
        Assert.NotEmpty((await keys.ForAsync(issuer, "1", TestContext.Current.CancellationToken)).Keys);
        Assert.Equal(2, requests);
    }

    /// <summary>An issuer that takes its time holds up its own jobs and nobody else's.</summary>
    [Fact]
    public async Task Keys_OfOneIssuer_WaitForNoOther()
    {
        using var asked = new SemaphoreSlim(0);
        await using var slow = new LoopbackServer(_ => { asked.Release(); return new(200, "application/json", []) { Length = 10, Hangs = true }; });
        await using var quick = new LoopbackServer(_ => LoopbackAnswer.Text(200, s_issuer.Keys(), "application/json"));
        using var keys = new IssuerKeys(TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var waiting = keys.ForAsync(new("slow", "github", slow.Address.ToString(), slow.Address), "1", stop.Token);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty((await keys.ForAsync(new("quick", "github", quick.Address.ToString(), quick.Address), "1", TestContext.Current.CancellationToken)).Keys);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
    }

    [Theory]
    [InlineData("""{"issuer":"https://other.example","jwks_uri":"ADDRESSkeys"}""", "of another issuer")]
    [InlineData("""{"issuer":"ADDRESS","jwks_uri":"https://evil.example/keys"}""", "another host")]
    [InlineData("""{"issuer":"ADDRESS"}""", "jwks_uri is missing")]
    [InlineData("[]", "expected an object")]
    public async Task Discovery_ThatLeadsElsewhere_IsRefused(string document, string saying)
    {
        LoopbackServer? server = null;
        server = new(_ => LoopbackAnswer.Text(200, document.Replace("ADDRESS", server!.Address.ToString(), StringComparison.Ordinal), "application/json"));
        await using (server)
        {
            using var keys = new IssuerKeys(TimeProvider.System);
            var e = await Assert.ThrowsAsync<IssuerUnavailableException>(() => keys.ForAsync(new("ci", "github", server.Address.ToString(), null), "1", TestContext.Current.CancellationToken));
            Assert.Contains(saying, e.Message, StringComparison.Ordinal);
        }
    }
}
