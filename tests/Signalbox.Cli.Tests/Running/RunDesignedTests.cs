using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Signalbox.Cli.Tests.Running;

/// <summary>
/// The example application with a pipeline (examples/orders): what <c>design</c> writes for GitHub is run here by one command, from a clone to a running, judged release.
/// Docker and scanners are hidden, whether they are installed or not: what they would do is a gap.
/// </summary>
public sealed class RunDesignedTests : IAsyncDisposable
{
    private const string File = ".github/workflows/pipeline.yml";

    private const string Policy = """
        apiVersion: signalbox-policy/v1
        gates:
          signature: { keys: ["KEY"] }
          provenance: { level: 1, levels: ["1 urn:signalbox:builder:local"], parameters: [configuration, jobs, parameters], keys: ["KEY"], sources: [github.com/acme/orders] }
          sbom: enforce
          coverage: enforce
          tests: enforce
          health: enforce
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly int _port = Shop.FreePort();
    private readonly string _programs;

    public RunDesignedTests()
    {
        Example.Copy("orders", Origin);
        Replace("signalbox.yaml", "8090", _port.ToString(CultureInfo.InvariantCulture));
        _programs = ProgramsOnPath.WithoutContainersAndScanners(_directory);
        Git(Origin, "init", "--quiet", "--initial-branch", "main");
        Git(Origin, "remote", "add", "origin", "https://github.com/acme/orders.git");
    }

    private string Origin => _directory.Join("origin");

    private string State => _directory.Join("state");

    public async ValueTask DisposeAsync()
    {
        await SignalboxProgram.RunAsync("down", "--state", State);
        _directory.Dispose();
    }

    [Fact]
    public async Task TheDesignedPipelineOfTheExample_FromACloneToAJudgedRelease_InOneCommand()
    {
        (await SignalboxProgram.RunAsync("sign", "new-key", _directory.Join("release.key"))).Expect(0);
        (await SignalboxProgram.RunAsync("design", Origin)).Expect(0);
        Commit("1.0.0");

        // the first release goes out before anybody asks for anything
        var first = (await CloneAndRunAsync("first")).Expect(0).All;
        Assert.Contains("ok test", first);
        Assert.Contains("gap scan 0", first);
        Assert.Contains("needs docker, which is not installed here", first);
        Assert.Contains("which proves SLSA build level 1", (await RunAsync("first", "log", "sign")).Expect(0).Out);
        Assert.Equal("1.0.0", await Shop.VersionAsync(Address));
        _directory.Write("policy.yaml", Policy.Replace("KEY", await KeyAsync(), StringComparison.Ordinal));
        (await SignalboxProgram.RunAsync("policy", "set", "production", "-f", _directory.Join("policy.yaml"), "--state", State)).Expect(0);

        Replace("package.json", "1.0.0", "1.1.0");
        // coverage that is the same to the byte would be taken for the former release's
        Replace("src/orders.mjs", "  return total;", "  const sum = total;\n  return sum;");
        Commit("1.1.0");
        var second = (await UnderLoadAsync(() => CloneAndRunAsync("second"))).Expect(0).All;
        Assert.Contains("test: junit: 9 tests, 0 failed, 0 skipped", second);
        Assert.Contains("coverage: lcov: ", second);
        Assert.Contains("orders-2 serves at", second);
        Assert.Equal("1.1.0", await Shop.VersionAsync(Address));
        // by canary, on requests of users
        Assert.Matches(" canary [0-9]+% 1/1 ready [1-9][0-9,]* requests 0 bad", second);
        Assert.Equal("Succeeded", (await JsonAsync("rollouts", "list", "--format", "json"))[0].GetProperty("phase").GetString());

        // nothing has changed: it is known again
        var again = (await DeployAsync("second")).Expect(0).All;
        Assert.Contains("known test", again);
        Assert.Contains("nothing has changed since the release that serves", again);

        // what was built is brought back, also where it is gone
        Directory.Delete(_directory.Join("second/dist"), recursive: true);
        Assert.Contains("nothing has changed since the release that serves", (await DeployAsync("second")).Expect(0).All);

        // what a test finds wrong goes nowhere
        Replace("prices/prices.mjs", "149", "150");
        Commit("dearer milk");
        Assert.Contains("failed test", (await CloneAndRunAsync("third")).Expect(1).All);
        Assert.Equal("1.1.0", await Shop.VersionAsync(Address));
    }

    /// <summary>A designed check is known again until a program that it names is another, or somebody has changed the file.</summary>
    [Fact]
    public async Task WhatSomebodyChanged_RunsEachTime()
    {
        (await SignalboxProgram.RunAsync("design", Origin)).Expect(0);
        Assert.Contains("ok test", await CheckAsync());
        Assert.Contains("known test", await CheckAsync());
        var awk = Path.Combine(_programs, "awk");
        var real = new FileInfo(awk).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        System.IO.File.Delete(awk);
        System.IO.File.WriteAllText(awk, $"#!/bin/sh\nexec {real} \"$@\"\n");
        System.IO.File.SetUnixFileMode(awk, (UnixFileMode)0x1ed);
        Assert.Contains("ok test", await CheckAsync());
        Assert.Contains("known test", await CheckAsync());
        Replace(File, "npm ci", "npm ci --ignore-scripts");
        Assert.Contains("ok test", await CheckAsync());
        Assert.Contains("ok test", await CheckAsync());
    }

    private async Task<string> CheckAsync() => (await RunAsync("origin", "--file", File, "--skip-unknown")).Expect(3).Out;

    private string Address => $"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/";

    /// <summary>With users, whose requests the judge compares.</summary>
    private async Task<Ended> UnderLoadAsync(Func<Task<Ended>> run)
    {
        using var http = new HttpClient();
        using var stop = new CancellationTokenSource();
        var users = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                using (var answer = await http.GetAsync(new Uri(Address), TestContext.Current.CancellationToken)) answer.EnsureSuccessStatusCode();
        })).ToList();
        try
        {
            return await run();
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(users);
        }
    }

    private Task<Ended> CloneAndRunAsync(string name)
    {
        Git(_directory.Path, "clone", "--quiet", Origin, name);
        // the clone's remote is where others know it, as a CI machine's is
        Git(_directory.Join(name), "remote", "set-url", "origin", "https://github.com/acme/orders.git");
        return DeployAsync(name);
    }

    private Task<Ended> DeployAsync(string name) => RunAsync(name, "--file", File, "--skip-unknown", "--deploy", "production");

    private Task<Ended> RunAsync(string name, params string[] arguments) => SignalboxProgram.RunAsync(_directory.Join(name), new Dictionary<string, string>
    {
        ["XDG_CACHE_HOME"] = _directory.Join("cache"),
        ["PATH"] = _programs,
    }, ["run", .. arguments, "--state", State]);

    private async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse((await SignalboxProgram.RunAsync([.. arguments, "--state", State])).Expect(0).Out).RootElement;

    private async Task<string> KeyAsync()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(await System.IO.File.ReadAllTextAsync(_directory.Join("release.key.pub"), TestContext.Current.CancellationToken));
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private void Commit(string message)
    {
        Git(Origin, "add", ".");
        Git(Origin, "commit", "--quiet", "-m", message);
    }

    private void Replace(string name, string from, string to)
    {
        var file = Path.Combine(Origin, name);
        var text = System.IO.File.ReadAllText(file);
        Assert.Contains(from, text);
        System.IO.File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }

    private static void Git(string directory, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@example.com", .. arguments]))!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
