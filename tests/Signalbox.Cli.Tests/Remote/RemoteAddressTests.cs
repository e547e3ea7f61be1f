using Signalbox.Tests.Outbound;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>Where a token is taken to, and where not.</summary>
public sealed class RemoteAddressTests : IDisposable
{
    private const string Token = "sbx_0000000000000000000000000000000000000000000";

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    private Task<Ended> RunAsync(string? url, params string[] arguments)
    {
        var told = new Dictionary<string, string> { ["HOME"] = _home.Path, ["SIGNALBOX_TOKEN"] = Token };
        if (url is not null) told["SIGNALBOX_URL"] = url;
        return SignalboxProgram.RunAsync(_home.Path, told, arguments);
    }

    [Theory]
    [InlineData("http://signalbox.example.com", "error[url-plain-http]", "= help: export SIGNALBOX_URL=https://signalbox.example.com")]
    [InlineData("http://127.0.0.1.example.com", "error[url-plain-http]", "= help: export SIGNALBOX_URL=https://127.0.0.1.example.com")]
    [InlineData("http://10.0.0.1", "error[url-plain-http]", "= help: export SIGNALBOX_URL=https://10.0.0.1")]
    [InlineData("https://ci:hunter2@signalbox.example.com", "error[url-credentials]", "= help: export SIGNALBOX_URL=https://signalbox.example.com")]
    [InlineData("https://signalbox.example.com/?token=hunter2", "error[url-malformed]", "= help: export SIGNALBOX_URL=https://signalbox.example.com/")]
    [InlineData("signalbox.example.com", "error[url-malformed]", "= help: export SIGNALBOX_URL=https://signalbox.example.com")]
    [InlineData("file:///etc/passwd", "error[url-malformed]", "= help: export SIGNALBOX_URL=https://signalbox.example.com")]
    public async Task AnAddressThatIsNone_IsUsage_AndShowsNoSecret(string url, string message, string help)
    {
        var ended = (await RunAsync(url, "status")).Expect(2);
        Assert.Contains(message, ended.Error);
        Assert.Contains(help, ended.Error);
        Assert.DoesNotContain("hunter2", ended.All);
    }

    [Fact]
    public async Task TwoPlaces_AreOneTooMany()
    {
        Assert.Contains("error[url-and-state]", (await RunAsync("https://signalbox.example.com", "status", "--state", _home.Path)).Expect(2).Error);
        Assert.Contains("error[url-and-state]", (await RunAsync(null, "status", "--url", "https://signalbox.example.com", "--state", _home.Path)).Expect(2).Error);
        Assert.Contains("error[url-malformed]", (await RunAsync(null, "status", "--url", "")).Expect(2).Error);
    }

    /// <summary>What works on a state directory does not look at the address, and takes no option for one.</summary>
    [Fact]
    public async Task VerbsOfAStateDirectory_StayThere()
    {
        Assert.Contains("error[usage]", (await RunAsync(null, "down", "--url", "https://signalbox.example.com")).Expect(2).Error);
        (await RunAsync("https://signalbox.example.com", "down", "--state", _home.Join("none"))).Expect(0);
    }

    [Fact]
    public async Task WhatDeploysHere_SaysThatItPassesTheAddressOver()
    {
        var file = _home.Write("signalbox.yaml", "apiVersion: signalbox/v1\n");
        Assert.Contains("warning: check works on this machine alone and passes SIGNALBOX_URL over", (await RunAsync("https://ci:hunter2@signalbox.example.com", "check", file)).Error);
        Assert.DoesNotContain("SIGNALBOX_URL", (await RunAsync(null, "check", file)).Error);
        var run = await RunAsync("https://ci:hunter2@signalbox.example.com", "run", file, "--deploy", "production");
        Assert.Contains("warning: run --deploy works on this machine alone", run.Error);
        Assert.DoesNotContain("hunter2", run.All);
    }

    /// <summary>Who asks nobody does not mind whom there is to ask.</summary>
    [Fact]
    public async Task VerbsThatAskNobody_DoNotLookAtTheAddress()
    {
        var proof = _home.Write("proof.json", "{}");
        Assert.DoesNotContain("SIGNALBOX_URL", (await RunAsync("signalbox.example.com", "verify", proof)).All);
        Assert.Contains("error[url-malformed]", (await RunAsync(null, "verify", proof, "--url", "signalbox.example.com")).Expect(2).Error);
    }

    [Fact]
    public async Task Redirects_AreNotFollowed()
    {
        await using var thief = new LoopbackServer(_ => LoopbackAnswer.Text(200, "{}", "application/json"));
        await using var there = new LoopbackServer(_ => LoopbackAnswer.Redirect(thief.Address));
        Assert.Contains("error[control-plane-redirects]", (await RunAsync(there.Address.ToString(), "status")).Expect(3).Error);
        Assert.Single(there.Requests);
        Assert.Empty(thief.Requests);
    }

    [Theory]
    [InlineData(200, "text/html", "<h1>Welcome</h1>", "error[control-plane-foreign]")]
    [InlineData(404, "text/html", "<h1>Not here</h1>", "error[control-plane-foreign]")]
    [InlineData(200, "application/json", "{\"tracks\": []}", "error[control-plane-foreign]")]
    [InlineData(413, "text/html", "<h1>Request Entity Too Large</h1>", "error[proxy-body-too-large]")]
    [InlineData(502, "text/html", "<h1>Bad gateway</h1>", "error[control-plane-unreachable]")]
    [InlineData(403, "application/json", "[]", "error[control-plane-refused]")]
    [InlineData(403, "application/json", "{}", "error[control-plane-refused]")]
    public async Task WhatIsNoControlPlane_IsSaidToBeNone(int status, string media, string body, string message)
    {
        await using var there = new LoopbackServer(_ => LoopbackAnswer.Text(status, body, media));
        var ended = (await RunAsync(there.Address.ToString(), "status")).Expect(3);
        Assert.Contains(message, ended.Error);
        Assert.Contains($"--> {there.Address.ToString().TrimEnd('/')}", ended.Error);
        Assert.DoesNotContain(Token, ended.All);
    }

    [Theory]
    [InlineData("{\"tracks\": 1}")]
    [InlineData("null")]
    [InlineData("[")]
    public async Task AnAnswerOfAnotherVersion_IsSaidToBeOne(string body)
    {
        await using var there = new LoopbackServer(_ => LoopbackAnswer.Text(200, body, "application/json") with { Headers = [("X-Signalbox-Version", "9.0")] });
        Assert.Contains("error[control-plane-version]", (await RunAsync(there.Address.ToString(), "status")).Expect(3).Error);
    }

    [Fact]
    public async Task Nobody_IsSaidToBeUnreachable()
    {
        var ended = (await RunAsync($"http://127.0.0.1:{Shop.FreePort()}", "status", "--format", "json")).Expect(3);
        Assert.Contains("\"control-plane-unreachable\"", ended.Out);
    }

    /// <summary>A platform's job token goes to the control plane's exchange alone, and an answer that is none is no token.</summary>
    [Theory]
    [InlineData(201, "{\"token\": \"sbx_a\\r\\nX: y\", \"view\": { \"id\": \"t\", \"principal\": \"ci:x\", \"scopes\": [], \"createdAt\": \"2026-01-01T00:00:00Z\", \"expiresAt\": \"2026-01-01T00:00:00Z\" } }", "error[token-malformed]")]
    [InlineData(201, "{}", "error[control-plane-version]")]
    [InlineData(401, "{\"id\": \"pipeline-token-refused\", \"message\": \"no rule lets in the job that the token is of\"}", "error[pipeline-token-refused]")]
    public async Task Exchange_ThatGivesNoToken_EndsThere(int status, string body, string message)
    {
        await using var there = new LoopbackServer(_ => LoopbackAnswer.Text(status, body, "application/json") with { Headers = [("X-Signalbox-Version", "0.1")] });
        var told = new Dictionary<string, string> { ["HOME"] = _home.Path, ["SIGNALBOX_URL"] = there.Address.ToString(), ["SIGNALBOX_ID_TOKEN"] = "a.b.c" };
        Assert.Contains(message, (await SignalboxProgram.RunAsync(_home.Path, told, ["status"])).Expect(3).Error);
        Assert.Equal("/api/v1/tokens/exchange", Assert.Single(there.Requests).Target);
    }
}
