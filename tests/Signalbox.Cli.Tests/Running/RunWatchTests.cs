using System.Diagnostics;
using System.Text;

namespace Signalbox.Cli.Tests.Running;

public sealed class RunWatchTests : IDisposable
{
    private readonly RunProject _project = new();
    private readonly StringBuilder _said = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public async Task Watch_SeesWhatChangesWhileItRuns_AndWhileItWaits()
    {
        _project.Write("src/a.txt", "one");
        _project.Pipeline($"build: {{ run: \"cat src/a.txt > {_project.Beside("last")}; echo x >> {_project.Beside("count")}; while ! test -e {_project.Beside("go")}; do sleep 0.05; done\" }}");
        using var watching = Start("--watch");
        await Eventually.Async(() => Count() == 1, "the first run");
        _project.Write("src/a.txt", "two");
        await File.WriteAllTextAsync(_project.Beside("go"), "", TestContext.Current.CancellationToken);
        await Eventually.Async(() => Last() == "two", "a run of what changed during the first");
        await Eventually.Async(() => Said("waiting for a change") == 2, "it waits again");
        _project.Write("src/a.txt", "three");
        await Eventually.Async(() => Last() == "three", "a run of what changed while it waited");
        await Eventually.Async(IsIdle, "it waits for the last time");
        Assert.Equal(0, await EndAsync(watching));
    }

    [Fact]
    public async Task Watch_OfJobsThatWriteSources_SaysSo_AndDoesNotRunForEver()
    {
        _project.Pipeline($"build: {{ run: \"echo x >> {_project.Beside("count")}; date +%s%N > stamp\" }}");
        using var watching = Start("--watch");
        await Eventually.Async(() => Said("the jobs change files that are part of the source") == 1, "it says why");
        Assert.Equal(3, Count());
        _project.Write("other", "a person's");
        await Eventually.Async(() => Count() > 3, "a run of what a person changed");
        await Eventually.Async(() => Said("the jobs change files that are part of the source") == 2, "it says why again");
        Assert.Equal(0, await EndAsync(watching));
    }

    [Fact]
    public async Task Watch_OverAFileThatIsWrongForAMoment_GoesOn()
    {
        _project.Pipeline($"build: {{ run: \"echo x >> {_project.Beside("count")}\" }}");
        using var watching = Start("--watch");
        await Eventually.Async(() => Said("waiting for a change") == 1, "the first run");
        _project.Write("signalbox.yaml", "application: [");
        await Eventually.Async(() => Said("error[") > 0, "it says what is wrong");
        _project.Pipeline($"build: {{ run: \"echo y >> {_project.Beside("count")}\" }}");
        await Eventually.Async(() => Count() == 2, "a run of the mended file");
        await Eventually.Async(IsIdle, "it waits again");
        Assert.Equal(0, await EndAsync(watching));
    }

    [Fact]
    public async Task Watch_WithDeploy_IsRefused()
    {
        _project.Pipeline("build: { run: \"true\" }");
        Assert.Contains("error[run-watch-deploy]", (await _project.RunAsync("--watch", "--deploy", "production")).Expect(2).Error);
    }

    private Process Start(params string[] arguments)
    {
        var process = _project.Start(arguments);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    private int Said(string text)
    {
        lock (_said) return _said.ToString().Split(text).Length - 1;
    }

    // a signal while jobs run is their end, and another code
    private bool IsIdle()
    {
        lock (_said) return _said.ToString().TrimEnd().Split('\n')[^1].Contains("waiting for a change", StringComparison.Ordinal);
    }

    private int Count() => File.Exists(_project.Beside("count")) ? File.ReadAllLines(_project.Beside("count")).Length : 0;

    private string Last() => File.Exists(_project.Beside("last")) ? File.ReadAllText(_project.Beside("last")) : "";

    private static async Task<int> EndAsync(Process process)
    {
        RunProject.Signal(process, 2);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
