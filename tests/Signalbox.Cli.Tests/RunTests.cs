using System.Diagnostics;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary><c>signalbox run</c>: real processes, by the real program.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Not among what jobs read.</summary>
    private readonly TemporaryDirectory _home = new();

    private Dictionary<string, string> Surroundings => new() { ["XDG_CACHE_HOME"] = _home.Join("cache"), ["NPM_TOKEN"] = "hunter2-hunter2" };

    public void Dispose()
    {
        _directory.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Run_BringsBackWhatItKnows_AndMakesAnewWhatChanged()
    {
        Write("""
            build: { run: "echo building; cat src/a.txt > out/app; date +%s%N >> out/app", inputs: [src/], outputs: [out/app] }
            test: { run: "echo testing; grep -q one out/app; echo t >> ran", inputs: [], outputs: [] }
            """);
        _directory.Write("src/a.txt", "one\n");
        Directory.CreateDirectory(_directory.Join("out"));
        var first = (await RunAsync("run")).Expect(0);
        Assert.Contains("ok build", first.Out);
        var made = await ReadAsync("out/app");

        File.Delete(_directory.Join("out/app"));
        var second = (await RunAsync("run")).Expect(0);
        Assert.Contains("known build", second.Out);
        Assert.Contains("known test", second.Out);
        Assert.Equal(made, await ReadAsync("out/app"));
        Assert.Equal("t\n", await ReadAsync("ran"));
        Assert.Equal("building\n", (await RunAsync("run", "log", "build")).Expect(0).Out);

        _directory.Write("src/a.txt", "one and more\n");
        Assert.Contains("ok build", (await RunAsync("run")).Expect(0).Out);
        Assert.Equal("t\nt\n", await ReadAsync("ran"));
        Assert.Contains("ok test", (await RunAsync("run", "--no-cache")).Expect(0).Out);
    }

    [Fact]
    public async Task Run_WithADamagedResult_MakesItAnew()
    {
        Write("""build: { run: "echo made > app", inputs: [], outputs: [app] }""");
        (await RunAsync("run")).Expect(0);
        foreach (var file in Directory.EnumerateFiles(_home.Join("cache"), "*", SearchOption.AllDirectories).Where(file => file.Contains("/objects/", StringComparison.Ordinal)))
            await File.WriteAllTextAsync(file, "other", Never);
        _directory.Write("app", "else");
        Assert.Contains("ok build", (await RunAsync("run")).Expect(0).Out);
        Assert.Equal("made\n", await ReadAsync("app"));
    }

    [Fact]
    public async Task Run_WhereAJobFails_SaysItsLastLines_AndResumeGoesOnFromThere()
    {
        Write("""
            build: { run: "echo b >> built" }
            test: { run: "echo looking; cat there" }
            pack: { run: "echo p >> packed", needs: [test] }
            """, ignored: ["built", "packed"]);
        var failed = (await RunAsync("run")).Expect(1);
        Assert.Matches(@"failed test \d+\.\d s: exited with code 1\n  \| looking\n  \| cat: ", failed.Out);
        Assert.Contains("skipped pack: test did not succeed", failed.Out);
        _directory.Write(".gitignored", "");
        _directory.Write("there", "");
        var resumed = (await RunAsync("run", "--resume")).Expect(0);
        Assert.Contains("ok pack", resumed.Out);
        Assert.Equal("p\n", await ReadAsync("packed"));
        var record = JsonDocument.Parse((await RunAsync("run", "show", "--format", "json")).Expect(0).Out).RootElement;
        Assert.Equal((1, "Succeeded"), (record.GetProperty("resumed").GetInt32(), record.GetProperty("verdict").GetString()));
        Assert.Contains("there is nothing to go on with", (await RunAsync("run", "--resume")).Expect(2).Error);
    }

    [Fact]
    public async Task Run_HidesSecrets_AlsoInBase64AndAcrossWrites()
    {
        Write("""
            build:
              env: { TOKEN: { secret: NPM_TOKEN } }
              run: |
                echo "plain $TOKEN"
                printf 'split hunter2-'; sleep 0.2; echo hunter2
                printf %s "$TOKEN" | base64
            """);
        var run = (await RunAsync("run", "--verbose")).Expect(0);
        Assert.DoesNotContain("hunter2-hunter2", run.Out);
        Assert.DoesNotContain(Convert.ToBase64String("hunter2-hunter2"u8), run.Out);
        Assert.Contains("  | plain ***\n  | split ***\n", run.Out);
        foreach (var file in Directory.EnumerateFiles(_directory.Join(".signalbox"), "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("hunter2-hunter2", await File.ReadAllTextAsync(file, Never));
    }

    [Fact]
    public async Task Run_PastATimeout_LeavesNothing()
    {
        Write("""build: { run: "(setsid sleep 300 & echo $! > escaped); sleep 300 & echo $! > child; wait", timeout: 1s }""");
        Assert.Contains("took longer than its timeout of 1 s and was ended", (await RunAsync("run")).Expect(1).Out);
        await GoneAsync("child");
        await GoneAsync("escaped");
    }

    [Fact]
    public async Task Run_ThatIsAskedToEnd_EndsItsJobsFirst()
    {
        Write("""build: { run: "setsid sh -c 'echo $$ > escaped; exec sleep 300' & trap '' TERM; echo $$ > leader; while :; do sleep 1; done" }""");
        using var running = Start("run");
        await Eventually.Async(() => HasText("leader") && HasText("escaped"), "the job runs");
        Signal(running, 15);
        Signal(running, 2);
        var ended = await SignalboxProgram.EndOf(running);
        Assert.Equal(130, ended.Code);
        await GoneAsync("leader");
        await GoneAsync("escaped");
        Assert.Contains("was ended", (await RunAsync("run", "list")).Expect(0).Out);
    }

    [Fact]
    public async Task Run_ThatIsKilled_IsGoneOnWith_AndWhatItLeftIsEnded()
    {
        Write("""
            build: { run: "echo b >> built" }
            test: { run: "test -e go || { echo $$ > leader; setsid sleep 300 & echo $! > escaped; sleep 300; }; echo t >> tested" }
            """, ignored: ["built", "tested", "leader", "escaped", "go"]);
        using var running = Start("run");
        await Eventually.Async(() => HasText("escaped"), "the test runs");
        Signal(running, 9);
        await running.WaitForExitAsync(Never);
        Assert.True(Directory.Exists($"/proc/{(await ReadAsync("leader")).Trim()}"), "the killed run could not end its job");
        _directory.Write("go", "");
        var resumed = (await RunAsync("run", "--resume")).Expect(0);
        Assert.Contains("known build", resumed.Out);
        Assert.Equal(("b\n", "t\n"), (await ReadAsync("built"), await ReadAsync("tested")));
        await GoneAsync("leader");
        await GoneAsync("escaped");
    }

    [Fact]
    public async Task Run_TriesAgain_AndSaysGaps()
    {
        Write("""
            build: { run: "echo x >> tries; test $(wc -l < tries) -ge 3", retry: 2 }
            scan: { with: [trivy] }
            """);
        var run = (await RunAsync(new Dictionary<string, string>(Surroundings) { ["PATH"] = "/usr/bin:/bin" }, "run")).Expect(3);
        Assert.Matches(@"ok build \d+\.\d s, try 3", run.Out);
        Assert.Contains("gap scan (trivy)", run.Out);
        Assert.Contains("gap: scan (trivy): trivy is not installed, so nothing was scanned by it", run.Out);
        Assert.Contains("run 1 is undecided", run.Out);
    }

    [Fact]
    public async Task Run_ReadsTheReportsOfItsJobs()
    {
        Write("""test: { run: "mkdir -p r; cp ../junit.xml r/ 2>/dev/null || printf '<testsuite name=\"s\" tests=\"2\" failures=\"0\" errors=\"0\"><testcase name=\"a\" classname=\"c\"/><testcase name=\"b\" classname=\"c\"/></testsuite>' > r/junit.xml", tests: r/junit.xml }""");
        Assert.Contains("test: junit: 2 tests, 0 failed, 0 skipped", (await RunAsync("run")).Expect(0).Out);
        Assert.True(File.Exists(_directory.Join(".signalbox/runs/1/results/test/r/junit.xml")));
        Assert.Contains("known test", (await RunAsync("run")).Expect(0).Out);
        Assert.True(File.Exists(_directory.Join(".signalbox/runs/2/results/test/r/junit.xml")));
    }

    [Theory]
    [InlineData("a: { run: x, needs: [b] }, b: { run: x, needs: [c] }, c: { run: x, needs: [a] }", "delivery-job-cycle", "a needs b needs c needs a")]
    [InlineData("build: { run: x }, test: { run: x, needs: [buidl] }", "delivery-unknown-job", "there is no job 'buidl'; did you mean 'build'?")]
    [InlineData("a: { run: x, outputs: [dist/] }, b: { run: x, outputs: [dist/b.js] }", "delivery-output-clash", "'dist/b.js' is made by a already")]
    [InlineData("a: { run: x, tests: reports/junit.xml }, b: { run: x, tests: reports/junit.xml }", "delivery-output-clash", "'reports/junit.xml' is made by a already")]
    [InlineData("a: { run: x, outputs: [reports/] }, b: { run: x, coverage: reports/lcov.info }", "delivery-output-clash", "'reports/lcov.info' is made by a already")]
    [InlineData("a: { run: x, outputs: [../out] }", "delivery-invalid-value", "'../out' in outputs is no pattern")]
    [InlineData("list: { run: x }", "delivery-invalid-value", "a job cannot be named 'list'")]
    [InlineData("scan: { with: [trivi] }", "delivery-invalid-value", "'trivi' is no scanner")]
    public async Task Run_OfAFileThatCannotBe_SaysWhereAndWhy(string jobs, string id, string message)
    {
        Write(jobs, inline: true);
        var error = (await RunAsync("run")).Expect(1).Error;
        Assert.Contains($"error[{id}]: {message}", error);
        Assert.Contains("--> signalbox.yaml:", error);
    }

    private void Write(string jobs, bool inline = false, params string[] ignored)
    {
        var pipeline = inline ? $"pipeline: {{ {jobs} }}" : "pipeline:\n" + string.Concat(jobs.ReplaceLineEndings("\n").Split('\n').Select(line => $"  {line}\n"));
        _directory.Write("signalbox.yaml", $"apiVersion: signalbox/v1\napplication: shop\n{pipeline}\nprocess: {{ command: [sh] }}\nport: 8080\n");
        if (ignored.Length == 0) return;
        using var git = Process.Start(new ProcessStartInfo("git", ["init", "--quiet", _directory.Path]))!;
        git.WaitForExit();
        _directory.Write(".gitignore", string.Join('\n', ignored));
    }

    private Task<Ended> RunAsync(params string[] arguments) => RunAsync(Surroundings, arguments);

    private Task<Ended> RunAsync(Dictionary<string, string> environment, params string[] arguments) =>
        SignalboxProgram.RunAsync(_directory.Path, environment, [.. arguments, "--state", _home.Join("state")]);

    private Process Start(params string[] arguments) => SignalboxProgram.Start(SignalboxProgram.Path, _directory.Path, Surroundings, [.. arguments, "--state", _home.Join("state")]);

    private bool HasText(string file) => File.Exists(_directory.Join(file)) && new FileInfo(_directory.Join(file)).Length > 0;

    private Task<string> ReadAsync(string file) => File.ReadAllTextAsync(_directory.Join(file), Never);

    private async Task GoneAsync(string file)
    {
        var pid = (await ReadAsync(file)).Trim();
        await Eventually.Async(() => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal), $"process {pid} is gone");
    }

    private static void Signal(Process process, int signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
