using System.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class CommandRunnerTests
{
    private static readonly Dictionary<string, string> Environment = new() { ["PATH"] = ProgramPath.DefaultSearch, ["GREETING"] = "hi" };
    private readonly string _mark = $"32{Random.Shared.Next(10_000_000, 99_999_999)}";

    [Fact]
    public async Task Run_Succeeds_GivesBothStreams()
    {
        var result = await RunAsync("echo $GREETING; echo err >&2; pwd");
        Assert.True(result.Succeeded);
        Assert.Equal("hi\nerr\n/tmp\n", result.Output);
    }

    [Fact]
    public async Task Run_Fails_GivesTheCode()
    {
        var result = await RunAsync("echo why; exit 9");
        Assert.Equal((false, 9), (result.Succeeded, result.ExitCode));
        Assert.Equal("exited with code 9: why", result.Describe());
    }

    [Fact]
    public async Task Run_TakesTooLong_WholeGroupIsKilled()
    {
        var took = Stopwatch.StartNew();
        var result = await RunAsync($"sleep {_mark} & sleep {_mark}", timeout: 200);
        Assert.True(result.TimedOut);
        Assert.InRange(took.ElapsedMilliseconds, 190, 5000);
        await SupervisorBench.UntilAsync(() => !SupervisorBench.Runs(_mark), () => "it lives");
    }

    [Fact]
    public async Task Run_MuchOutput_IsCut()
    {
        var result = await RunAsync("head -c 3000000 /dev/zero | tr '\\0' x", limit: 1000);
        Assert.Equal((1000, true, true), (result.Output.Length, result.OutputCut, result.Succeeded));
    }

    [Fact]
    public async Task Run_LeavesBackgroundBehind_DoesNotWaitForIt()
    {
        var took = Stopwatch.StartNew();
        var result = await RunAsync($"setsid sleep 10 & sleep {_mark} & echo done");
        Assert.True(result.Succeeded);
        Assert.InRange(took.ElapsedMilliseconds, 0, 9000);
        await SupervisorBench.UntilAsync(() => !SupervisorBench.Runs(_mark), () => "it lives");
    }

    [Fact]
    public async Task Run_Cancelled_IsKilled()
    {
        using var cancel = new CancellationTokenSource(150);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            CommandRunner.RunAsync(["sleep", _mark], "/tmp", Environment, TimeSpan.FromSeconds(20), 100, cancel.Token));
        Assert.False(SupervisorBench.Runs(_mark));
    }

    [Fact]
    public async Task Run_NoSuchProgram_SaysSo()
    {
        var result = await CommandRunner.RunAsync(["no-such-program"], "/tmp", Environment, TimeSpan.FromSeconds(1), 100, default);
        Assert.Contains("'no-such-program' is not a program", result.Error, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RunAsync(string script, int timeout = 20_000, int limit = 4096) =>
        CommandRunner.RunAsync(["sh", "-c", script], "/tmp", Environment, TimeSpan.FromMilliseconds(timeout), limit, default);
}
