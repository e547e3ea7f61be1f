using System.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tests.Supervision;

namespace Signalbox.Host.Tests.Shim;

public sealed class ShimTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("signalbox-test-").FullName;
    private readonly string _mark = $"31{Random.Shared.Next(10_000_000, 99_999_999)}";

    private string Log => Path.Combine(_root, "x.log");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Run_WorkloadEnds_OrphansAreKilledWhereverTheyHid()
    {
        var started = $"[ $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -cx {_mark}) -ge 3 ]";
        var exit = await RunAsync($"sleep {_mark} & setsid sleep {_mark} & (setsid sh -c 'sleep {_mark}; :' &) ; until {started}; do :; done; exit 3");
        Assert.Equal((3, false), (exit.ExitCode, exit.Stopped));
        Assert.False(SupervisorBench.Runs(_mark));
    }

    [Fact]
    public async Task Run_Stopped_ChildrenOfAShellMayFinish()
    {
        var shim = Start("sh -c 'trap \"sleep 0.3; echo finished; exit 0\" TERM; echo up; while :; do sleep 0.05; done' & echo main; wait");
        await SupervisorBench.UntilAsync(() => Logged("up") && Logged("main"), () => "not started");
        _ = Libc.Kill(shim.Id, Libc.Sigterm);
        await shim.WaitForExitAsync();

        Assert.True(Logged("finished"));
        Assert.True(ReadExit().Stopped);
    }

    [Fact]
    public async Task Run_HugeLineBinaryAndNoEndOfLine_AllIsLogged()
    {
        await RunAsync("head -c 1000000 /dev/zero | tr '\\0' x; echo; printf '\\033[31mred\\000\\377\\n'; printf unfinished; echo oops >&2");

        var lines = LogReader.Tail(Log, 100, 2_000_000);
        var printed = lines.Where(l => l.Stream == "stdout").Select(l => l.Text).ToList();
        Assert.Equal([new string('x', 1_000_000), "[31mred\uFFFD", "unfinished"], printed);
        Assert.Equal("oops", Assert.Single(lines, l => l.Stream == "stderr").Text);
    }

    [Fact]
    public async Task Run_MuchOutput_IsRotatedAndBounded()
    {
        await RunAsync("i=0; while [ $i -lt 3000 ]; do echo line $i of a workload that has much to say; i=$((i+1)); done", logBytes: 20_000);
        var files = Directory.GetFiles(_root, "x.log*");
        Assert.Equal(3, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 20_000 + (64 * 1024)));
        Assert.Equal("line 2999 of a workload that has much to say", Assert.Single(LogReader.Tail(Log, 1, 4096)).Text);
    }

    [Fact]
    public async Task Run_Twice_SecondGivesWay()
    {
        var first = Start($"sleep {_mark}");
        await SupervisorBench.UntilAsync(() => File.Exists(Path.Combine(_root, ShimFiles.Running)), () => "not started");
        using var second = StartShim();
        await second.WaitForExitAsync();
        Assert.Equal(3, second.ExitCode);
        _ = Libc.Kill(first.Id, Libc.Sigterm);
        await first.WaitForExitAsync();
        Assert.Equal(Libc.Sigterm, ReadExit().Signal);
    }

    [Fact]
    public async Task Run_Workload_HasOwnGroupDefaultSignalsAndNothingOpen()
    {
        // the last 28: 32 and 33 are the C library's own
        await RunAsync("sed -nE 's/^Sig(Blk|Ign):.*(.{7})$/\\1 \\2/p' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '; echo; cut -d' ' -f5,6 /proc/$$/stat; echo pid $$");
        var lines = LogReader.Tail(Log, 10, 4096).Select(l => l.Text).ToList();
        Assert.Equal(["Blk 0000000", "Ign 0000000"], lines[..2]);
        Assert.Equal("0 1 2 3 ", lines[2]);
        var running = ShimFiles.Read(_root, ShimFiles.Running, ShimJson.Default.ShimRunning)!;
        Assert.Equal($"{running.WorkloadPid} {running.ShimPid}", lines[3]);
    }

    [Fact]
    public async Task Run_LimitOfDescriptors_IsTheWorkloads()
    {
        await RunAsync("ulimit -Sn", descriptors: 777);
        Assert.Equal("777", Assert.Single(LogReader.Tail(Log, 10, 4096)).Text);
    }

    private bool Logged(string text) => LogReader.Tail(Log, 100, 10_000).Any(l => l.Text == text);

    private async Task<ShimExit> RunAsync(string script, long logBytes = 10_000_000, long? descriptors = null)
    {
        using var shim = Start(script, logBytes, descriptors);
        await shim.WaitForExitAsync();
        Assert.Equal(0, shim.ExitCode);
        return ReadExit();
    }

    private ShimExit ReadExit() => ShimFiles.Read(_root, ShimFiles.Exit, ShimJson.Default.ShimExit)!;

    private Process Start(string script, long logBytes = 10_000_000, long? descriptors = null)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = ProgramPath.DefaultSearch };
        var spec = new ShimSpec(1, ["sh", "-c", script], environment, _root, TimeSpan.FromSeconds(5), Log, logBytes, 3, null, descriptors);
        ShimFiles.Write(_root, ShimFiles.Spec, spec, ShimJson.Default.ShimSpec);
        return StartShim();
    }

    private Process StartShim()
    {
        var command = SupervisorBench.Self.With("shim", _root);
        return Process.Start(command[0], command.Skip(1));
    }
}
