using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

/// <summary>Processes that hide from a shim which is then killed.</summary>
public sealed class LeftoversTests
{
    private readonly string _mark = $"33{Random.Shared.Next(10_000_000, 99_999_999)}";

    private static bool CanSeparate => Libc.EffectiveUserId() == 0 && WorkloadUser.SetprivPath is not null;

    /// <summary>In sessions of their own, orphans before the shim dies: only the mark is left of where they came from.</summary>
    private string Hides(string how) => $"({how} sh -c 'sleep {_mark}; :' &) ; sleep 0.1; echo hidden; exec sleep 301";

    [Fact]
    public async Task Watch_ShimKilledAndWorkloadInAnotherSession_IsEnded()
    {
        await using var bench = new SupervisorBench();
        var once = Path.Combine(bench.Root, "once");
        var instance = await bench.StartReadyAsync(bench.Shell($"[ -e {once} ] && exec sleep 301; : > {once}; {Hides("setsid")}"));
        await HiddenAsync(bench, instance);
        Assert.True(SupervisorBench.Runs(_mark));

        await bench.KillShimAsync(instance);

        await SupervisorBench.UntilAsync(instance, i => i.Restarts == 1 && i.Ready);
        // the shell of the second run has it among its arguments until it is the sleep
        await SupervisorBench.UntilAsync(() => !SupervisorBench.Runs(_mark), () => "it lives");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Adopt_ShimKilledAndWorkloadInAnotherSession_IsEnded(bool stopAsked)
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell(Hides("setsid")));
        await HiddenAsync(bench, instance);
        await bench.Supervisor.DisposeAsync();
        if (stopAsked) bench.Flag(Path.Combine("state", "instances", instance.Id, "stop"));
        await bench.KillShimAsync(instance);
        Assert.True(SupervisorBench.Runs(_mark));

        await bench.RestartHostAsync();

        Assert.False(SupervisorBench.Runs(_mark));
    }

    [Fact]
    public async Task Adopt_ShimDiedBeforeItSaidWhatRuns_TheMarkIsEnough()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell(Hides("setsid")));
        await HiddenAsync(bench, instance);
        await bench.Supervisor.DisposeAsync();
        await bench.KillShimAsync(instance);
        File.Delete(Path.Combine(bench.Paths.InstanceDirectory(instance.Id), "running.json"));

        await bench.RestartHostAsync();

        Assert.False(SupervisorBench.Runs(_mark));
    }

    [Fact]
    public async Task Adopt_RunningFileOfAnotherBoot_IsNotTakenForALivingShim()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell(Hides("setsid")));
        await HiddenAsync(bench, instance);
        await bench.Supervisor.DisposeAsync();
        await bench.KillShimAsync(instance);
        // its numbers are a stranger's now: this process's
        var stranger = new ShimRunning(1, Environment.ProcessId, ProcessStat.Read(Environment.ProcessId)!.Value.StartTicks, 0, 0, default, "another");
        ShimFiles.Write(bench.Paths.InstanceDirectory(instance.Id), ShimFiles.Running, stranger, ShimJson.Default.ShimRunning);

        var adopted = Assert.Single(await bench.RestartHostAsync());

        Assert.Equal(InstancePhase.Exited, adopted.Phase);
        // nothing outlives a boot, so that nobody looks for it
        Assert.True(SupervisorBench.Runs(_mark));
        new Leftovers(bench.Paths.InstanceDirectory(instance.Id), null, null).End();
        Assert.False(SupervisorBench.Runs(_mark));
    }

    [Theory]
    [InlineData("", null, true)]
    [InlineData("another", null, true)]
    [InlineData(null, 70_001, true)]
    [InlineData(null, null, false)]
    public void End_SessionOfTheShimsNumber_OnlyWhereItIsKnownToBeItsOwn(string? boot, int? user, bool lives)
    {
        Dictionary<string, string> environment = new() { ["PATH"] = ProgramPath.DefaultSearch };
        Assert.Equal(0, Spawn.Start(new("/bin/sh", ["sh", "-c", $"sleep {_mark} & exit 0"], environment, "/", NewSession: true), out var leader));
        Assert.Equal(leader, Libc.WaitPid(leader, out _, 0));
        var stranger = ProcessStat.ReadAll().Single(p => p.Session == leader);
        var running = new ShimRunning(1, leader, stranger.StartTicks, 0, 0, default, boot ?? ProcessFacts.Boot);

        new Leftovers("/nowhere/of-no-instance", running, user).End();

        Assert.Equal(lives, ProcessStat.IsAlive(stranger.Pid, stranger.StartTicks));
        Pidfd.Signal(stranger.Pid, stranger.StartTicks, Libc.Sigkill);
    }

    [Fact]
    public async Task Adopt_EscapedWithAnEmptyEnvironment_IsFoundByItsUser()
    {
        if (!CanSeparate) Assert.Skip("needs root and setpriv");
        await using var bench = new SupervisorBench(separateUsers: true);
        var instance = await bench.StartReadyAsync(bench.Shell(Hides("env -i setsid")));
        var sibling = await bench.StartReadyAsync(bench.Shell("exec sleep 302") with { Ordinal = 1 });
        await HiddenAsync(bench, instance);
        await bench.Supervisor.DisposeAsync();
        await bench.KillShimAsync(instance);

        var adopted = await bench.RestartHostAsync();

        Assert.False(SupervisorBench.Runs(_mark));
        Assert.True(Assert.Single(adopted, i => i.Id == sibling.Id).Ready);
        Assert.Equal(sibling.Status.WorkloadPid, adopted.Single(i => i.Id == sibling.Id).Status.WorkloadPid);
    }

    [Fact]
    public async Task EndAll_ShimKilled_EndsWhatItLeft()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell(Hides("setsid")));
        await HiddenAsync(bench, instance);
        await bench.Supervisor.DisposeAsync();
        await bench.KillShimAsync(instance);

        Leftovers.EndAll(bench.Paths.Instances);

        Assert.False(SupervisorBench.Runs(_mark));
        await bench.RestartHostAsync();
    }

    private static Task HiddenAsync(SupervisorBench bench, SupervisedInstance instance) =>
        SupervisorBench.UntilAsync(() => bench.LogTail(instance).Contains("hidden"), () => "nothing hid");
}
