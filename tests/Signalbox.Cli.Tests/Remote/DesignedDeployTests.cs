using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>
/// The deploy jobs that design writes, run by a shell as a runner does: each in a clone of its own, with curl and git, over TLS, against a real control plane.
/// Only the program's file comes from the proxy: what runs here was not published as one.
/// </summary>
public sealed class DesignedDeployTests : IAsyncLifetime
{
    private static readonly int s_production = Shop.FreePort();

    private readonly TemporaryDirectory _runner = new();
    private Elsewhere _there = null!;
    private byte[] _program = [];

    private static string File(int staging) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: signalbox/v1
        application: shop
        pipeline: { build: { run: "mkdir -p dist && cp app.json dist/" } }
        artifact: dist
        process: { command: [signalbox, example-app] }
        port: {{staging}}
        health: { http: /healthz, interval: 200ms }
        environments:
          - name: staging
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, analysis: false } }
          - name: production
            port: {{s_production}}
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, analysis: false } }
        """);

    public async ValueTask InitializeAsync()
    {
        _there = await Elsewhere.StartAsync(new Shop(File));
        _there.LetJobsIn();
        _program = System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\nexec {SignalboxProgram.Path} \"$@\"\n");
        _there.Proxy.Instead = http =>
        {
            if (http.Request.Path != "/download/signalbox") return false;
            http.Response.Body.WriteAsync(_program).AsTask().Wait();
            return true;
        };
        _there.Shop.Write("app/package.json", """{ "name": "shop", "scripts": { "test": "node --test" } }""");
        _there.Shop.Write("app/package-lock.json", """{ "name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "shop", "version": "1.0.0" } } }""");
        await GitAsync(_there.Shop.App, "init", "-q", "-b", "main");
        _there.Shop.Release("v2");
        // what is built is not in Git, and nothing tells Git to leave it out
        await GitAsync(_there.Shop.App, "add", "app.json", "package.json", "package-lock.json", "signalbox.yaml");
        await GitAsync(_there.Shop.App, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "two");
        await CloneAsync("source");
    }

    public async ValueTask DisposeAsync()
    {
        await _there.DisposeAsync();
        _runner.Dispose();
    }

    [Theory]
    [InlineData(Platform.GitHubActions)]
    [InlineData(Platform.GitLab)]
    [InlineData(Platform.AzurePipelines)]
    [InlineData(Platform.Jenkins)]
    public async Task AReleaseIsMadeOnce_WithItsEvidence_AndPromoted(Platform platform)
    {
        var design = Design(platform);
        var staging = await CloneAsync("staging");
        // an earlier build's: a runner of one's own may have it still, and Jenkins has all that there was
        System.IO.File.WriteAllText(Path.Combine(staging, "release.txt"), "shop-9\n");
        if (platform == Platform.Jenkins) System.IO.File.WriteAllText(Path.Combine(staging, "coverage.out"), "80");
        System.IO.File.AppendAllText(Path.Combine(staging, ".git/info/exclude"), "/mine");
        var said = await RunJobAsync(design, platform, "deploy-staging", staging);
        Assert.Contains("Succeeded", said);
        Assert.Equal("v2", await _there.Shop.VersionAsync());
        // the run's job once more: the same release
        Assert.Contains("shop-2 was made before", await RunJobAsync(design, platform, "deploy-staging", staging));
        var leftOut = await System.IO.File.ReadAllLinesAsync(Path.Combine(staging, ".git/info/exclude"), TestContext.Current.CancellationToken);
        foreach (var line in new[] { "/mine", "/dist/", "/release.txt" }) Assert.Single(leftOut, line);

        var production = await CloneAsync("production");
        Assert.Contains("Succeeded", await RunJobAsync(design, platform, "deploy-production", production));
        Assert.Equal("v2", await Shop.VersionAsync($"http://127.0.0.1:{s_production.ToString(CultureInfo.InvariantCulture)}/"));

        var release = (await System.IO.File.ReadAllTextAsync(Path.Combine(staging, "release.txt"), TestContext.Current.CancellationToken)).Trim();
        Assert.Equal("shop-2", release);
        Assert.False(await IsDirtyAsync(release));
        var evidence = (await _there.Shop.JsonAsync("evidence", "list", "--release", release)).EnumerateArray().Select(view => view.GetProperty("kind").GetString()).ToList();
        Assert.Contains("test", evidence);
        Assert.Contains("sbom", evidence);
        var history = (await _there.Shop.RunAsync("history", "--env", "production")).Expect(0).Out;
        Assert.Contains("promoted from staging", history);
        Assert.Contains("ci:shop", history);
    }

    /// <summary>The id is what the control plane said: a word of it that is an option, or a command, becomes neither.</summary>
    [Theory]
    [InlineData("shop-2 --to staging")]
    [InlineData("--help")]
    [InlineData("shop-2\nshop-3")]
    [InlineData("shop-2;touch taken")]
    [InlineData("")]
    public async Task WhatIsNoRelease_IsNotPromoted(string id)
    {
        var clone = await CloneAsync("clone");
        System.IO.File.WriteAllText(Path.Combine(clone, "release.txt"), id + "\n");
        Directory.CreateDirectory(Path.Combine(clone, ".signalbox"));
        System.IO.File.WriteAllText(Path.Combine(clone, ".signalbox/signalbox"), "#!/bin/sh\ntouch taken\n");
        System.IO.File.SetUnixFileMode(Path.Combine(clone, ".signalbox/signalbox"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (code, said) = await ShellAsync(Scripts(Design(Platform.GitHubActions), "deploy-production").Last(), clone, new Dictionary<string, string>());
        Assert.Equal(1, code);
        Assert.Contains("release.txt has no id of a release", said);
        Assert.False(System.IO.File.Exists(Path.Combine(clone, "taken")));
    }

    /// <summary>What is at the address is somebody else's: it is fetched, and never run.</summary>
    [Fact]
    public async Task AnotherProgram_ThanTheOneSetDown_IsNotRun()
    {
        var design = Design(Platform.GitHubActions);
        var clone = await CloneAsync("clone");
        _program = System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\ntouch {clone}/taken\n");
        var (code, said) = await ShellAsync(string.Join('\n', Scripts(design, "deploy-staging")), clone, await SurroundingsAsync(Platform.GitHubActions, "staging"));
        Assert.NotEqual(0, code);
        Assert.Contains("FAILED", said);
        Assert.False(System.IO.File.Exists(Path.Combine(clone, "taken")));
        Assert.DoesNotContain(_there.Proxy.Seen, seen => seen.Path.StartsWith("/api", StringComparison.Ordinal));
    }

    private readonly string _digest = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\nexec {SignalboxProgram.Path} \"$@\"\n")));

    private PipelineDesign Design(Platform platform) =>
        PipelineDesign.Of(RepositorySurveyor.Read(_runner.Join("source"), null, "main").Survey, platform, new Dictionary<string, string>());

    private static IEnumerable<string> Scripts(PipelineDesign design, string job) =>
        design.Pipeline.Job(job)!.Steps.OfType<RunStep>().Select(Script);

    private static string Script(RunStep step) => step.Script.Render(literal => literal, _ => "");

    private async Task<string> RunJobAsync(PipelineDesign design, Platform platform, string job, string clone)
    {
        var surroundings = await SurroundingsAsync(platform, job["deploy-".Length..]);
        var all = "";
        // a shell each, as runners do
        foreach (var step in design.Pipeline.Job(job)!.Steps)
        {
            if (step is DownloadStep { ArtifactName.Literal: { } name }) Bring(name, clone);
            if (step is not RunStep run) continue;
            var (code, said) = await ShellAsync(Script(run), clone, surroundings);
            Assert.True(code == 0, said);
            all += said;
        }
        foreach (var secret in surroundings.Where(pair => pair.Key is "SIGNALBOX_TOKEN" or "SIGNALBOX_ID_TOKEN").Select(pair => pair.Value)) Assert.DoesNotContain(secret, all);
        return all;
    }

    /// <summary>What the jobs before it kept.</summary>
    private void Bring(string artifact, string clone)
    {
        var (path, content) = artifact switch
        {
            "application" => ("dist/app.json", """{ "version": "v2" }"""),
            "reports" => ("reports/node/junit.xml", """<testsuites><testsuite name="shop" tests="1" failures="0"><testcase name="t" classname="c"/></testsuite></testsuites>"""),
            "release" => ("release.txt", System.IO.File.ReadAllText(_runner.Join("staging/release.txt"))),
            _ => throw new InvalidOperationException($"nobody keeps {artifact}"),
        };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(clone, path))!);
        System.IO.File.WriteAllText(Path.Combine(clone, path), content);
    }

    private async Task<bool> IsDirtyAsync(string release)
    {
        using var control = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(_there.Shop.State, "control.json"), TestContext.Current.CancellationToken));
        using var http = new HttpClient { BaseAddress = new Uri(control.RootElement.GetProperty("address").GetString()!) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await System.IO.File.ReadAllTextAsync(Path.Combine(_there.Shop.State, "token"), TestContext.Current.CancellationToken)).Trim());
        using var view = JsonDocument.Parse(await http.GetStringAsync(new Uri($"api/v1/releases/{release}", UriKind.Relative), TestContext.Current.CancellationToken));
        return view.RootElement.GetProperty("source").GetProperty("dirty").GetBoolean();
    }

    private async Task<Dictionary<string, string>> SurroundingsAsync(Platform platform, string environment)
    {
        var told = new Dictionary<string, string> { ["SIGNALBOX_SHA256"] = "sha256:" + _digest, ["CURL_CA_BUNDLE"] = _there.Proxy.Authority, ["SIGNALBOX_WORKLOADS_SAME_USER"] = "1" };
        foreach (var run in new[] { "GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_BUILDID", "BUILD_TAG" }) told[run] = $"{run} 4711";
        if (platform == Platform.GitHubActions) (told["ACTIONS_ID_TOKEN_REQUEST_URL"], told["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]) = (_there.RequestUrl, "asked");
        else if (platform == Platform.GitLab) told["SIGNALBOX_ID_TOKEN"] = _there.IdToken();
        else told["SIGNALBOX_TOKEN"] = (await _there.Shop.RunAsync("token", "create", "ci:shop", "--scope", "deployer", "--scope", "evidence", "--app", "shop", "--env", environment)).Expect(0).Out.Trim();
        return _there.Surroundings(told);
    }

    private async Task<string> CloneAsync(string name)
    {
        await GitAsync(_runner.Path, "clone", "-q", _there.Shop.App, name);
        return _runner.Join(name);
    }

    private static async Task<(int Code, string Said)> ShellAsync(string script, string folder, IReadOnlyDictionary<string, string> surroundings)
    {
        using var shell = SignalboxProgram.Start("sh", folder, surroundings, "-e", "-c", script);
        var ended = await SignalboxProgram.EndOf(shell);
        return (ended.Code, ended.All);
    }

    private static async Task GitAsync(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]))!;
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, git.ExitCode);
    }
}
