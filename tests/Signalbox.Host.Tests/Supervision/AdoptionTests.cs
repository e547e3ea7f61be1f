using Signalbox.Host.Posix;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

/// <summary>What outlives a host, and what the next one makes of it.</summary>
public sealed class AdoptionTests
{
    private readonly string _mark = $"30{Random.Shared.Next(10_000_000, 99_999_999)}";

    [Fact]
    public async Task Adopt_AfterHostRestart_KeepsProcessAndPort()
    {
        await using var bench = new SupervisorBench();
        var before = await bench.StartReadyAsync(bench.App());

        var adopted = Assert.Single(await bench.RestartHostAsync());

        Assert.Equal((before.Id, before.Port, before.Status.WorkloadPid), (adopted.Id, adopted.Port, adopted.Status.WorkloadPid));
        Assert.True(adopted.Ready);
        Assert.Equal(before.Spec.Command, adopted.Spec.Command);
    }

    [Fact]
    public async Task Adopt_EndedMeanwhile_TellsItsExitCode()
    {
        await using var bench = new SupervisorBench();
        var go = Path.Combine(bench.Root, "go");
        var before = await bench.StartReadyAsync(bench.Shell($"while [ ! -e {go} ]; do sleep 0.05; done; exit 42"));
        await bench.Supervisor.DisposeAsync();
        File.WriteAllText(go, "");
        await SupervisorBench.UntilAsync(() => File.Exists(Path.Combine(bench.Paths.InstanceDirectory(before.Id), "exit.json")), () => "no exit.json");

        var adopted = Assert.Single(await bench.RestartHostAsync());
        Assert.Equal((InstancePhase.Exited, 42), (adopted.Phase, adopted.Failure?.ExitCode));
    }

    [Fact]
    public async Task Adopt_ShimKilled_SweepsItsSession()
    {
        await using var bench = new SupervisorBench();
        var before = await bench.StartReadyAsync(bench.Shell($"sleep {_mark}; true"));
        await bench.Supervisor.DisposeAsync();
        var shim = ProcessStat.Read(before.Status.WorkloadPid!.Value)!.Value.Session;
        _ = Libc.Kill(shim, Libc.Sigkill);
        await SupervisorBench.UntilAsync(() => ProcessStat.Read(shim) is not { Alive: true }, () => "the shim lives");

        var adopted = Assert.Single(await bench.RestartHostAsync());
        Assert.Equal(InstancePhase.Exited, adopted.Phase);
        await SupervisorBench.UntilAsync(() => !SupervisorBench.Runs(_mark), () => "the workload lives");
    }

    [Fact]
    public async Task Watch_ShimKilled_SweepsAndRestarts()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.Shell($"sleep {_mark}; true"));
        var workload = instance.Status.WorkloadPid!.Value;
        _ = Libc.Kill(ProcessStat.Read(workload)!.Value.Session, Libc.Sigkill);
        await SupervisorBench.UntilAsync(instance, i => i.Restarts == 1 && i.Ready);
        Assert.False(ProcessStat.Read(workload) is { Alive: true });
    }

    [Fact]
    public async Task Adopt_StopWasUnderWay_FinishesIt()
    {
        await using var bench = new SupervisorBench();
        await bench.StartReadyAsync(bench.Shell($"trap '' TERM; while :; do sleep 0.1; done; : {_mark}") with { StopGrace = TimeSpan.FromSeconds(1) });
        var stopping = bench.Supervisor.StopAsync(bench.Supervisor.Instances[0].Id, CancellationToken.None);
        await SupervisorBench.UntilAsync(() => File.Exists(Path.Combine(bench.Paths.Instances, bench.Supervisor.Instances[0].Id, "stop")), () => "no mark");
        var instance = Assert.Single(await bench.RestartHostAsync());
        await SupervisorBench.UntilAsync(instance, i => i.Phase == InstancePhase.Exited);
        Assert.False(SupervisorBench.Runs(_mark));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopping);
    }
}
