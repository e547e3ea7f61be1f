using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Signalbox.Cli.Deploying;

namespace Signalbox.Cli.Tests;

/// <summary><c>pipeline.build</c>: run before packing, by the real program and by the class that runs it.</summary>
public sealed class BuildTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();

    private string State => _directory.Join("state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Up_BuildsTheArtifactItself_AndDeployBuildsItAnew()
    {
        Write("mkdir -p .signalbox/web\ncp app.json .signalbox/web/", ".signalbox/web");
        _directory.Write("app.json", """{ "version": "v1" }""");
        try
        {
            (await RunAsync("check", _directory.Path)).Expect(0);
            var up = (await RunAsync("up", _directory.Path)).Expect(0);
            Assert.Contains("building shop: mkdir -p .signalbox/web …", up.Out);
            Assert.Matches(@"built shop in \d+\.\d s", up.Out);
            Assert.Equal("*\n", await File.ReadAllTextAsync(_directory.Join(".signalbox/.gitignore"), Never));
            _directory.Write("app.json", """{ "version": "v2" }""");
            Assert.Contains("built shop", (await RunAsync("deploy", _directory.Path)).Expect(0).Out);
            Assert.Contains("v2", await File.ReadAllTextAsync(_directory.Join(".signalbox/web/app.json"), Never));
            _directory.Write("app.json", """{ "version": "v3" }""");
            Assert.DoesNotContain("building", (await RunAsync("deploy", _directory.Path, "--no-build")).Expect(0).Out);
            Assert.Contains("v2", await File.ReadAllTextAsync(_directory.Join(".signalbox/web/app.json"), Never));
        }
        finally
        {
            await RunAsync("down");
        }
    }

    [Fact]
    public async Task Up_WhereTheBuildFails_SaysItsLastLinesAndStartsNothing()
    {
        Write("echo one; printf '\\033[31mtwo\\033[0m\\n' >&2; exit 7", ".");
        var ended = (await RunAsync("up", _directory.Path)).Expect(1);
        Assert.Contains("  | one\n  | two\n", ended.Error);
        Assert.Contains("error[build-failed]: the build of shop exited with code 7; nothing is deployed", ended.Error);
        Assert.Contains($"= help: cd {_directory.Path} && echo one; printf", ended.Error);
        Assert.False(Directory.Exists(State));
        var json = (await RunAsync("up", _directory.Path, "--format", "json")).Expect(1);
        using var findings = JsonDocument.Parse(json.Out);
        Assert.EndsWith("its last lines: one | two", findings.RootElement.GetProperty("findings")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Build_StopsAtTheFirstCommandThatFails() =>
        Assert.Equal((1, false), await EndAsync("false\ntouch reached", end => (end.ExitCode!.Value, File.Exists(_directory.Join("reached")))));

    [Fact]
    public async Task Build_PastItsTimeout_IsEndedWithAllItStarted()
    {
        var end = await new BuildProcess(new("(sleep 300 & echo $! > child; wait)", TimeSpan.FromMilliseconds(300)), _directory.Path, null).RunAsync(Never);
        Assert.True(end.TimedOut);
        Assert.False(end.Succeeded);
        await GoneAsync("child");
    }

    [Fact]
    public async Task Build_WhoseCallerGivesUp_IsEnded()
    {
        using var cancel = new CancellationTokenSource();
        var running = new BuildProcess(new("echo $$ > leader; sleep 300", TimeSpan.FromMinutes(5)), _directory.Path, null).RunAsync(cancel.Token);
        await Eventually.Async(() => File.Exists(_directory.Join("leader")) && new FileInfo(_directory.Join("leader")).Length > 0, "the leader has said who it is");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await GoneAsync("leader");
    }

    [Fact]
    public async Task Build_ThatLeavesAServerWithItsOutput_IsNotWaitedFor()
    {
        var clock = Stopwatch.StartNew();
        var end = await new BuildProcess(new("setsid sleep 20 & echo done", TimeSpan.FromMinutes(5)), _directory.Path, null).RunAsync(Never);
        Assert.True(end.Succeeded);
        Assert.Equal(["done"], end.LastLines);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"took {clock.Elapsed}");
    }

    [Fact]
    public void LastLines_KeepTheEndOfAnyOutput()
    {
        var lines = new LastLines();
        lines.Add(string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\r\n")) + "10 %\r50 %\rready\n\n" + new string('x', 5000));
        Assert.Equal(21, lines.ToList().Count);
        Assert.Equal(("line 81", "ready", 400), (lines.ToList()[0], lines.ToList()[19], lines.ToList()[20].Length));
    }

    private async Task<T> EndAsync<T>(string script, Func<BuildEnd, T> read) =>
        read(await new BuildProcess(new(script, TimeSpan.FromMinutes(1)), _directory.Path, null).RunAsync(Never));

    private void Write(string script, string artifact) => _directory.Write("signalbox.yaml", $$"""
        apiVersion: signalbox/v1
        application: shop
        pipeline: { build: { run: {{JsonSerializer.Serialize(script)}} } }
        artifact: {{artifact}}
        process: { command: [signalbox, example-app] }
        port: {{Shop.FreePort().ToString(CultureInfo.InvariantCulture)}}
        health: { http: /healthz, interval: 200ms }
        environments:
          - name: production
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: false } }
        """);

    private Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, [.. arguments, "--state", State]);

    private async Task GoneAsync(string file)
    {
        var pid = (await File.ReadAllTextAsync(_directory.Join(file), Never)).Trim();
        await Eventually.Async(() => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal), $"process {pid} is gone");
    }
}
