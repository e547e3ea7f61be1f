using System.Text.Json;

namespace Signalbox.Cli.Tests.Running;

/// <summary>kill -9 at any step: what goes on then gives the same, and repeats nothing that had ended.</summary>
public sealed class RunResumeTests : IDisposable
{
    private static readonly (string Job, string[] Needs)[] s_graph = [("a", []), ("b", []), ("c", []), ("d", ["a", "b"]), ("e", ["b", "c"]), ("f", ["d", "e"])];

    private readonly RunProject _project = new();

    public void Dispose() => _project.Dispose();

    /// <param name="lines">How many jobs have begun when the run is killed; the run that goes on with it is killed when one more has.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Killed_Twice_GoesOn_WithTheSameResult(int lines)
    {
        Write();
        await KillAsync(lines, "--no-cache", "--jobs", "2");
        var ended = Ended();
        await KillAsync(Ran().Length + 1, "--no-cache", "--jobs", "2", "--resume");
        var endedThen = Ended();
        (await _project.RunAsync("--no-cache", "--resume")).Expect(0);
        Assert.Equal("f(d(a(one) b(one)) e(b(one) c(one)))", _project.Read("out/f"));
        foreach (var job in ended) Assert.Equal(1, Ran().Count(ran => ran == job));
        foreach (var job in endedThen) Assert.InRange(Ran().Count(ran => ran == job), 1, 2);
        foreach (var (job, _) in s_graph) Assert.InRange(Ran().Count(ran => ran == job), 1, 3);
        var record = await _project.ShowAsync();
        Assert.Equal("Succeeded", record.GetProperty("verdict").GetString());
        Assert.InRange(record.GetProperty("resumed").GetInt32(), 1, 2);
        Assert.Single(Directory.EnumerateDirectories(_project.Join(".signalbox/runs")));
    }

    [Fact]
    public async Task Resume_AfterASourceChanged_MakesAnewWhatReadsIt()
    {
        Write();
        await KillAsync(6, "--no-cache", "--jobs", "1");
        _project.Write("src/x", "two");
        (await _project.RunAsync("--no-cache", "--resume")).Expect(0);
        Assert.Equal("f(d(a(two) b(two)) e(b(two) c(two)))", _project.Read("out/f"));
    }

    [Fact]
    public async Task Resume_WhereNothingFits_SaysWhy()
    {
        Assert.Contains("error[pipeline-missing]", await MissingAsync());
        _project.Pipeline("build: { run: \"exit 1\" }\nother: { run: \"true\" }");
        Assert.Contains("there is no run to go on with", (await _project.RunAsync("--resume")).Expect(2).Error);
        (await _project.RunAsync("build")).Expect(1);
        _project.Pipeline("builds: { run: \"true\" }");
        Assert.Contains("run 1 was of job build, which is not there any more", (await _project.RunAsync("--resume")).Expect(2).Error);
        _project.Write("signalbox.yaml", "apiVersion: signalbox/v1\napplication: other\npipeline: { build: { run: \"true\" } }\nprocess: { command: [sh] }\nport: 8080\n");
        Assert.Contains("the last run was of shop", (await _project.RunAsync("--resume")).Expect(2).Error);
    }

    [Fact]
    public async Task ARefusedStart_HidesNoRun()
    {
        _project.Pipeline("build: { run: \"test -e ../$GO\", env: { GO: { from: GO }, TOKEN: { secret: NPM_TOKEN } } }");
        _project.Surroundings["GO"] = "nowhere";
        (await _project.RunAsync()).Expect(1);
        _project.Surroundings["NPM_TOKEN"] = "abc";
        Assert.Contains("error[run-secret-short]", (await _project.RunAsync()).Expect(2).Error);
        Assert.Single(Directory.EnumerateDirectories(_project.Join(".signalbox/runs")));
        _project.Surroundings["NPM_TOKEN"] = RunProject.Secret;
        _project.Surroundings["GO"] = "";
        (await _project.RunAsync("--resume")).Expect(0);
    }

    [Fact]
    public async Task Resume_ShowsWhatAJobPrintsNow_NotWhatItPrintedThen()
    {
        _project.Pipeline("build: { run: \"test -e ../$GO || { echo broken; exit 1; }\", env: { GO: { from: GO } }, outputs: [] }");
        _project.Surroundings["GO"] = "nowhere";
        (await _project.RunAsync()).Expect(1);
        Assert.Equal("broken\n", (await _project.RunAsync("log", "build")).Expect(0).Out);
        _project.Surroundings["GO"] = "";
        (await _project.RunAsync("--resume")).Expect(0);
        Assert.Equal("", (await _project.RunAsync("log", "build")).Expect(0).Out);
        (await _project.RunAsync()).Expect(0);
        Assert.Equal("", (await _project.RunAsync("log", "build")).Expect(0).Out);
    }

    private async Task<string> MissingAsync()
    {
        _project.Write("signalbox.yaml", "apiVersion: signalbox/v1\napplication: shop\nprocess: { command: [sh] }\nport: 8080\n");
        return (await _project.RunAsync("--resume")).Expect(1).Error;
    }

    /// <summary>A diamond of diamonds; each job writes down that it ran, and makes what it is made of.</summary>
    private void Write()
    {
        _project.Write("src/x", "one");
        Directory.CreateDirectory(_project.Join("out"));
        _project.Pipeline(string.Join('\n', s_graph.Select(one =>
            $"{one.Job}: {{ run: \"echo {one.Job} >> {_project.Beside("ran")}; sleep 0.1; {Made(one.Job, one.Needs)}\", inputs: [src/], needs: [{string.Join(", ", one.Needs)}] }}")));
    }

    private static string Made(string job, string[] needs) =>
        $"printf '{job}(%s)' \\\"{(needs.Length == 0 ? "$(cat src/x)" : string.Join(' ', needs.Select(need => $"$(cat out/{need})")))}\\\" > out/{job}.new; mv out/{job}.new out/{job}";

    private async Task KillAsync(int lines, params string[] arguments)
    {
        using var running = _project.Start(arguments);
        await Eventually.Async(() => running.HasExited || Ran().Length >= lines, $"{lines} jobs have begun");
        RunProject.Signal(running, 9);
        await running.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private string[] Ran() => File.Exists(_project.Beside("ran")) ? File.ReadAllLines(_project.Beside("ran")) : [];

    /// <summary>Jobs whose success is in the journal.</summary>
    private List<string> Ended() =>
    [
        .. File.ReadLines(_project.Join(".signalbox/runs/1/journal.jsonl")).Where(line => line.Contains("\"end\":", StringComparison.Ordinal) && line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement).Where(entry => entry.GetProperty("end").GetProperty("outcome").GetString() == "Succeeded")
            .Select(entry => entry.GetProperty("job").GetString()!),
    ];
}
