using System.Text.Json;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>Verbs that ask a control plane, by its address alone: real program, real control plane, real TLS.</summary>
public sealed class RemoteVerbTests
{
    [Fact]
    public async Task Verbs_ByAnAddressAlone_DoWhatTheyDoAtHome()
    {
        await using var there = await Elsewhere.StartAsync(prefix: "/boxes/one");
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = await there.TokenFileAsync("admin") };
        Task<Ended> RunAsync(params string[] arguments) => there.RunAsync(told, arguments);

        Assert.Contains($"at {there.Url}", (await RunAsync("status")).Expect(0).Out);
        there.Shop.Release("v2");
        there.Shop.Write("results/junit.xml", "<testsuites><testsuite name=\"shop\" tests=\"1\" failures=\"0\"><testcase name=\"t\" classname=\"c\"/></testsuite></testsuites>");
        var deploy = (await RunAsync("deploy", there.Shop.App, "--evidence", there.Shop.Join("results"), "--release-file", there.Join("release.txt"))).Expect(0);
        Assert.Contains("Succeeded", deploy.Out);
        Assert.Equal("shop-2\n", await File.ReadAllTextAsync(there.Join("release.txt"), TestContext.Current.CancellationToken));
        Assert.Equal("v2", await there.Shop.VersionAsync());
        Assert.Contains("test", (await RunAsync("evidence", "list", "--release", "shop-2")).Expect(0).Out);
        Assert.Contains("shop-2", (await RunAsync("history")).Expect(0).Out);
        Assert.Contains("listens on port", (await RunAsync("logs")).Expect(0).Out);
        Assert.Contains("the five checks", (await RunAsync("release", "show", "shop-2")).Expect(0).Out);
        (await RunAsync("release", "export", "shop-2", "--output", there.Join("proof.json"))).Expect(0);
        Assert.Contains("goes back to shop-1", (await RunAsync("rollback", "--reason", "prices")).Expect(0).Out);
        Assert.Contains("rollout-none", (await RunAsync("abort")).Expect(1).Error);
        Assert.StartsWith(there.Url + "/login?code=", (await RunAsync("open")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("person:elsewhere", (await RunAsync("token", "list")).Expect(0).Out);
        // nothing of it came to lie here
        Assert.Empty(Directory.EnumerateFileSystemEntries(there.Home));
    }

    [Fact]
    public async Task Token_FromAVariable_IsTaken_AndShownNowhere_AlsoToWhatIsStarted()
    {
        await using var there = await Elsewhere.StartAsync(new Shop(port => $$"""
            apiVersion: signalbox/v1
            application: shop
            process: { command: [signalbox, example-app] }
            port: {{port}}
            health: { http: /healthz, interval: 200ms }
            pipeline: { build: { run: "env > seen.txt; echo built" } }
            environments: [{ name: production, strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, analysis: false } } }]
            """));
        var token = (await File.ReadAllTextAsync(await there.TokenFileAsync("deployer"), TestContext.Current.CancellationToken)).Trim();
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN"] = token, ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "asked", ["ACTIONS_ID_TOKEN_REQUEST_URL"] = there.RequestUrl };
        var ended = (await there.RunAsync(told, "deploy", there.Shop.App)).Expect(0);
        Assert.DoesNotContain(token, ended.All);
        var seen = await File.ReadAllTextAsync(Path.Combine(there.Shop.App, "seen.txt"), TestContext.Current.CancellationToken);
        Assert.Contains("PATH=", seen);
        Assert.DoesNotContain("SIGNALBOX_TOKEN=", seen);
        Assert.DoesNotContain("ACTIONS_ID_TOKEN", seen);
    }

    /// <summary>The way to it breaks while a rollout is followed; the rollout does not.</summary>
    [Fact]
    public async Task Following_OverABrokenConnection_GoesOn()
    {
        await using var there = await Elsewhere.StartAsync();
        var failed = 0;
        there.Proxy.Instead = http =>
        {
            if (!http.Request.Path.Value!.Contains("/tracks/", StringComparison.Ordinal) || Interlocked.Increment(ref failed) > 4) return false;
            if (failed % 2 == 0) http.Abort();
            else (http.Response.StatusCode, http.Response.ContentType) = (502, "text/html");
            return true;
        };
        there.Shop.Release("v2");
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = await there.TokenFileAsync("deployer") };
        Assert.Contains("Succeeded", (await there.RunAsync(told, "deploy", there.Shop.App)).Expect(0).Out);
        Assert.True(failed > 4);
    }

    [Fact]
    public async Task Certificate_ThatNobodyHereTrusts_GetsNoToken()
    {
        await using var there = await Elsewhere.StartAsync();
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = await there.TokenFileAsync("read"), ["SSL_CERT_FILE"] = "/dev/null", ["SSL_CERT_DIR"] = there.Home };
        var ended = (await there.RunAsync(told, "status")).Expect(3);
        Assert.Contains("error[control-plane-certificate]", ended.Error);
        Assert.Contains($"= help: SSL_CERT_FILE=ca.pem signalbox status --url {there.Url}", ended.Error);
        // of another name than the certificate's
        told["SSL_CERT_FILE"] = there.Proxy.Authority;
        told["SIGNALBOX_URL"] = there.Url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        Assert.Contains("error[control-plane-certificate]", (await there.RunAsync(told, "status")).Expect(3).Error);
        Assert.Empty(there.Proxy.Seen);
    }

    [Fact]
    public async Task Refusals_SayWhoRefused()
    {
        await using var there = await Elsewhere.StartAsync();
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN"] = "sbx_" + new string('A', 43) };
        var wrong = (await there.RunAsync(told, "status")).Expect(3).Error;
        Assert.Contains("error[token-invalid]", wrong);
        Assert.Contains($"--> {there.Url}", wrong);
        told["SIGNALBOX_TOKEN"] = (await File.ReadAllTextAsync(await there.TokenFileAsync("read"), TestContext.Current.CancellationToken)).Trim();
        Assert.Contains("error[scope-missing]", (await there.RunAsync(told, "token", "list")).Expect(3).Error);
        told["SIGNALBOX_TOKEN"] = "two words";
        var malformed = (await there.RunAsync(told, "status")).Expect(3);
        Assert.Contains("error[token-malformed]", malformed.Error);
        Assert.DoesNotContain("two words", malformed.All);
        told.Remove("SIGNALBOX_TOKEN");
        Assert.Contains("error[token-none]", (await there.RunAsync(told, "status")).Expect(3).Error);
        told["GITHUB_ACTIONS"] = "true";
        Assert.Contains("id-token: write", (await there.RunAsync(told, "status")).Expect(3).Error);
    }

    /// <summary>On GitHub each process asks for a token of its own; on GitLab the job has one, which is taken once.</summary>
    [Fact]
    public async Task AJobsOwnToken_IsExchanged()
    {
        await using var there = await Elsewhere.StartAsync();
        there.LetJobsIn();
        var github = new Dictionary<string, string> { ["ACTIONS_ID_TOKEN_REQUEST_URL"] = there.RequestUrl, ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "asked" };
        there.Shop.Release("v2");
        (await there.RunAsync(github, "deploy", there.Shop.App)).Expect(0);
        Assert.Contains("ci:shop", (await there.RunAsync(github, "history")).Expect(0).Out);
        // once a process, without a token; and everything else with one
        Assert.Equal(["/api/v1/tokens/exchange", "/api/v1/tokens/exchange"], there.Proxy.Seen.Where(seen => seen.Token is null).Select(seen => seen.Path));
        Assert.Contains("error[id-token-refused]", (await there.RunAsync(new Dictionary<string, string>(github) { ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "other" }, "status")).Expect(3).Error);

        var gitlab = new Dictionary<string, string> { ["SIGNALBOX_ID_TOKEN"] = there.IdToken() };
        var file = there.Join("signalbox.token");
        var exchanged = (await there.RunAsync(gitlab, "token", "exchange", "--out", file)).Expect(0);
        Assert.Contains("ci:shop has ", exchanged.Out);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim(), exchanged.All);
        (await there.RunAsync(new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = file }, "status")).Expect(0);
        (await there.RunAsync(new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = file }, "history")).Expect(0);
        Assert.Contains("was used before", (await there.RunAsync(gitlab, "status")).Expect(3).Error);
        var forAnother = new Dictionary<string, string> { ["SIGNALBOX_ID_TOKEN"] = there.IdToken("https://other.example") };
        Assert.Contains("another audience", (await there.RunAsync(forAnother, "status")).Expect(3).Error);
    }

    /// <summary>What a control plane says is a line in the job's log, and no command to the runner.</summary>
    [Theory]
    [InlineData("TF_BUILD", "a##vso[task.setvariable variable=PATH]/evil", "##vso[")]
    [InlineData("TF_BUILD", "a###vso[task.setvariable variable=PATH]/evil", "##vso[")]
    [InlineData("GITHUB_ACTIONS", "::stop-commands::x", "\n::stop")]
    [InlineData("GITHUB_ACTIONS", "a\r::stop-commands::x", "\r::stop")]
    public async Task WhatIsSaidElsewhere_CommandsNoRunner(string platform, string said, string command)
    {
        await using var there = await Elsewhere.StartAsync();
        there.Proxy.Instead = http =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (409, "application/json");
            http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { id = "x", message = said, help = said + "\n" + said })).AsTask().Wait();
            return true;
        };
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = await there.TokenFileAsync("read"), [platform] = "true" };
        var ended = (await there.RunAsync(told, "status")).Expect(1);
        Assert.Contains(said[^6..], ended.Error);
        Assert.DoesNotContain(command, "\n" + ended.All.Replace("\n ", "\n", StringComparison.Ordinal));
    }

    /// <summary>A document is a program's to read, and what nobody elsewhere said is printed as it is.</summary>
    [Fact]
    public async Task Documents_InAJob_AreToTheLetter()
    {
        await using var there = await Elsewhere.StartAsync();
        var told = new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = await there.TokenFileAsync("admin"), ["TF_BUILD"] = "True" };
        const string Comment = "### ## as people head a part";
        there.Shop.Write("policy.yaml", "apiVersion: signalbox-policy/v1\n" + Comment + "\ngates: { approval: enforce }\n");
        (await there.RunAsync(told, "policy", "set", "production", "-f", there.Shop.Join("policy.yaml"))).Expect(0);
        Assert.Contains(Comment, (await there.RunAsync(told, "policy", "show", "production")).Expect(0).Out);
    }
}
