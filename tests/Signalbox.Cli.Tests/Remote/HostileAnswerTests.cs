using System.Text.Json;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Tests.Outbound;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>What a control plane elsewhere answers is taken for what it is, and does nothing here.</summary>
public sealed class HostileAnswerTests : IDisposable
{
    private const string Token = "sbx_0000000000000000000000000000000000000000000";

    private static readonly string s_track = JsonSerializer.Serialize(new
    {
        version = "0.1",
        ledgerHead = "1:00",
        hostConnected = true,
        tracks = new[] { new { track = "shop/production", application = "shop", environment = "production", phase = "Idle", stable = "shop-1", services = Array.Empty<object>() } },
        warnings = Array.Empty<string>(),
        paths = Array.Empty<object>(),
    });

    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    private async Task<Ended> RunAsync(Func<LoopbackRequest, string> answer, params string[] arguments)
    {
        await using var there = new LoopbackServer(request => LoopbackAnswer.Text(200, answer(request), "application/json") with { Headers = [("X-Signalbox-Version", "0.1")] });
        return await SignalboxProgram.RunAsync(_home.Path, new Dictionary<string, string> { ["HOME"] = _home.Path, ["SIGNALBOX_TOKEN"] = Token, ["SIGNALBOX_URL"] = $"{there.Address}boxes/" }, arguments);
    }

    [Theory]
    [InlineData("https://x/https://evil.example/login", "/boxes/https://evil.example/login")]
    [InlineData("https://x//evil.example/login", "/boxes/evil.example/login")]
    [InlineData("https://x/../../login?code=1", "/boxes/login?code=1")]
    public async Task LoginLink_IsBelowTheAddress(string said, string path)
    {
        var ended = (await RunAsync(_ => JsonSerializer.Serialize(new { url = said, expiresAt = "2026-01-01T00:00:00Z" }), "open")).Expect(0);
        Assert.Equal(path, new Uri(ended.Out.Trim()).PathAndQuery);
        Assert.Equal("127.0.0.1", new Uri(ended.Out.Trim()).Host);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://x/%2e%2e/login")]
    [InlineData("login")]
    public async Task LoginLink_ThatIsNone_IsNoLink(string said)
    {
        var ended = await RunAsync(_ => JsonSerializer.Serialize(new { url = said, expiresAt = "2026-01-01T00:00:00Z" }), "open");
        if (ended.Code == 0) Assert.StartsWith("/boxes/", new Uri(ended.Out.Trim()).PathAndQuery, StringComparison.Ordinal);
        else Assert.Contains("error[control-plane-version]", ended.Expect(3).Error);
    }

    [Theory]
    [InlineData("{\"text\": 1}\n")]
    [InlineData("<html>\n")]
    public async Task Logs_ThatAreNone_AreSaidToBeOfAnotherVersion(string body) =>
        Assert.Contains("error[control-plane-version]", (await RunAsync(request => request.Path.EndsWith("/logs", StringComparison.Ordinal) ? body : s_track, "logs")).Expect(3).Error);

    /// <summary>Null, or nothing, where a list or a text belongs: no verb gets to see it.</summary>
    [Theory]
    [InlineData("{}", "status")]
    [InlineData("{\"version\":\"0.1\",\"ledgerHead\":\"1:00\",\"hostConnected\":true,\"tracks\":null,\"warnings\":[],\"paths\":[]}", "status")]
    [InlineData("{\"version\":\"0.1\",\"ledgerHead\":\"1:00\",\"hostConnected\":true,\"tracks\":[null],\"warnings\":[],\"paths\":[]}", "status")]
    [InlineData("{\"version\":\"0.1\",\"ledgerHead\":\"1:00\",\"hostConnected\":true,\"tracks\":[],\"warnings\":[null],\"paths\":[]}", "status")]
    [InlineData("{\"version\":\"0.1\",\"ledgerHead\":\"1:00\",\"hostConnected\":true,\"tracks\":[],\"warnings\":[],\"paths\":null}", "status")]
    [InlineData("{\"version\":\"0.1\",\"ledgerHead\":\"1:00\",\"hostConnected\":true,\"tracks\":[{\"track\":\"a/b\",\"application\":\"a\",\"environment\":\"b\",\"phase\":\"Idle\",\"services\":null}],\"warnings\":[],\"paths\":[]}", "status")]
    [InlineData("[null]", "rollouts", "list")]
    [InlineData("[{\"id\":\"shop-production-1\"}]", "rollouts", "list")]
    [InlineData("[null]", "history")]
    [InlineData("[null]", "evidence", "list", "--release", "shop-1")]
    [InlineData("[{}]", "evidence", "list", "--release", "shop-1")]
    [InlineData("[{\"id\":\"t\",\"principal\":\"ci\",\"scopes\":null,\"createdAt\":\"2026-01-01T00:00:00Z\",\"expiresAt\":\"2026-01-01T00:00:00Z\"}]", "token", "list")]
    [InlineData("{\"scope\":\"production\",\"digest\":null}", "policy", "show", "production")]
    [InlineData("{\"release\":\"shop-1\",\"environment\":\"b\",\"verdict\":\"Deny\",\"decidedAt\":\"2026-01-01T00:00:00Z\",\"results\":null}", "gates", "check", "shop-1", "--env", "b")]
    [InlineData("{\"id\":\"shop-1\",\"application\":\"shop\",\"artifacts\":{\"web\":null},\"environments\":[],\"createdAt\":\"2026-01-01T00:00:00Z\"}", "release", "promote", "shop-1", "--to", "b")]
    [InlineData("{\"id\":\"shop-1\",\"application\":\"shop\",\"artifacts\":{},\"environments\":[null],\"createdAt\":\"2026-01-01T00:00:00Z\"}", "release", "promote", "shop-1", "--to", "b")]
    public async Task AnAnswer_ThatIsNotWhole_IsNone(string body, params string[] arguments)
    {
        var ended = (await RunAsync(_ => body, arguments)).Expect(3);
        Assert.Contains("error[control-plane-version]", ended.Error);
        Assert.DoesNotContain("internal-error", ended.All);
    }

    /// <summary>One that does not know keys would make a release each time: nothing is sent to it.</summary>
    [Theory]
    [InlineData("{\"components\":{\"schemas\":{\"CreateRelease\":{\"properties\":{\"application\":{}}}}}}", "is older than --once")]
    [InlineData("{\"components\":{}}", "control-plane-version")]
    public async Task AControlPlane_ThatKnowsNoKeys_IsAskedForNoRelease(string described, string said)
    {
        var app = Path.Combine(_home.Path, "app");
        Directory.CreateDirectory(app);
        await File.WriteAllTextAsync(Path.Combine(app, "web.sh"), "#!/bin/sh\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(app, "signalbox.yaml"), "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [./web.sh] }\nport: 8080\nenvironments: [{ name: production, target: local }]\n", TestContext.Current.CancellationToken);
        var asked = new List<string>();
        var ended = (await RunAsync(request =>
        {
            lock (asked) asked.Add($"{request.Method} {request.Path}");
            return request.Path.EndsWith("/openapi.json", StringComparison.Ordinal) ? described : "{}";
        }, "deploy", app, "--once", "run-1")).Expect(3);
        Assert.Contains(said, ended.Error);
        Assert.Equal(["GET /boxes/openapi.json"], asked);
    }

    [Fact]
    public async Task ARefusal_ThatIsNotWhole_IsARefusalAllTheSame()
    {
        await using var there = new LoopbackServer(_ => LoopbackAnswer.Text(409, "{\"id\":\"gate-denied\",\"message\":\"no\",\"gates\":{\"results\":null}}", "application/json") with { Headers = [("X-Signalbox-Version", "0.1")] });
        var told = new Dictionary<string, string> { ["HOME"] = _home.Path, ["SIGNALBOX_TOKEN"] = Token, ["SIGNALBOX_URL"] = there.Address.ToString() };
        Assert.Contains("error[control-plane-refused]", (await SignalboxProgram.RunAsync(_home.Path, told, ["gates", "check", "shop-1", "--env", "b"])).Expect(1).Error);
    }

    [Fact]
    public async Task PolicyShow_WritesIntoAFile_WhatCommandsARunner()
    {
        var body = JsonSerializer.Serialize(new { scope = "production", digest = "", text = "::set-output name=a::b\n", at = "2026-01-01T00:00:00Z", by = "" });
        var ended = (await RunAsync(_ => body, "policy", "show", "production", "--output", _home.Join("policy.yaml"))).Expect(0);
        Assert.Empty(ended.All);
        Assert.EndsWith("\n::set-output name=a::b\n", await File.ReadAllTextAsync(_home.Join("policy.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_SteerNoTerminal()
    {
        var line = JsonSerializer.Serialize(new { at = "2026-01-01T00:00:00Z", service = "web", revision = "shop-1", instance = "i-1", stream = "stdout", text = "a\u001b]0;owned\u0007b\u001b[2Jc\u001b[38;5;1md" });
        var ended = (await RunAsync(request => request.Path.EndsWith("/logs", StringComparison.Ordinal) ? line + "\n" : s_track, "logs")).Expect(0);
        Assert.Contains("a ]0;owned b [2Jcd", ended.Out);
        Assert.DoesNotContain('\u001b', ended.All);
    }

    [Theory]
    [InlineData("plain\ttext\n", "plain\ttext\n")]
    [InlineData("\u001b[32mgood\u001b[0m", "\u001b[32mgood\u001b[0m")]
    [InlineData("\u001b[8mhidden", "hidden")]
    [InlineData("\u001b[", " [")]
    [InlineData("a\rb\u202ec\u009bd", "a b c d")]
    public void Plain_KeepsWhatWeWrite(string text, string plain) => Assert.Equal(plain, PlainWriter.Plain(text));

    [Theory]
    [InlineData("$(SIGNALBOX_TOKEN)", "names a variable that is not set")]
    [InlineData("hunter2", "is no token")]
    [InlineData("sbx_two words", "is no token")]
    public async Task AToken_ThatIsNone_IsNotSent_NorShown(string token, string message)
    {
        var told = new Dictionary<string, string> { ["HOME"] = _home.Path, ["SIGNALBOX_TOKEN"] = token, ["SIGNALBOX_URL"] = "http://127.0.0.1:1" };
        var ended = (await SignalboxProgram.RunAsync(_home.Path, told, ["status"])).Expect(3);
        Assert.Contains($"what SIGNALBOX_TOKEN holds {message}", ended.Error);
        Assert.DoesNotContain(token, ended.All);
    }

    /// <summary>A platform that hiccups does not end the job while the token that it has holds; where that has ended, it is asked again later.</summary>
    [Fact]
    public async Task Renewal_ThatFails_KeepsTheOldTokenWhileItHolds()
    {
        var (platform, exchanges, clock) = (200, 0, new Clock());
        await using var there = new LoopbackServer(request => request.Path == "/ask"
            ? LoopbackAnswer.Text(platform, "{\"value\": \"a.b.c\"}", "application/json")
            : LoopbackAnswer.Text(201, JsonSerializer.Serialize(new
            {
                token = $"sbx_{++exchanges}",
                view = new { id = "t", principal = "ci:x", scopes = Array.Empty<string>(), createdAt = clock.Now, expiresAt = clock.Now.AddMinutes(15) },
            }), "application/json") with
            { Headers = [("X-Signalbox-Version", "0.1")] });
        using var token = new RemoteToken(new(there.Address), new(null, null, null, $"{there.Address}ask?v=1", "asked", null), clock);
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("sbx_1", await token.GetAsync(cancel));
        (platform, clock.Now) = (503, clock.Now.AddMinutes(14.5));
        Assert.Equal("sbx_1", await token.GetAsync(cancel));
        var asked = there.Requests.Count;
        Assert.Equal("sbx_1", await token.GetAsync(cancel));
        Assert.Equal(asked, there.Requests.Count);
        clock.Now = clock.Now.AddMinutes(1);
        Assert.Contains("503", (await Assert.ThrowsAsync<RemoteUnreachableException>(() => token.GetAsync(cancel))).Message);
        platform = 200;
        Assert.Equal("sbx_2", await token.GetAsync(cancel));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
