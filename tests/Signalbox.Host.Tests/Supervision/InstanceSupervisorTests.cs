using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class InstanceSupervisorTests
{
    [Fact]
    public async Task Start_HealthyApp_BecomesReadyOnItsPort()
    {
        await using var bench = new SupervisorBench();
        var instance = await bench.StartReadyAsync(bench.App("--version", "7"));

        Assert.InRange(instance.Port, Ports.First, Ports.Last);
        using var client = new HttpClient();
        Assert.Equal("7 GET /x 0\n", await client.GetStringAsync($"http://127.0.0.1:{instance.Port}/x"));
        Assert.Null(instance.Failure);
        Assert.Equal([InstancePhase.Starting, InstancePhase.Ready], bench.Seen.Select(s => s.Phase));
    }

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
}
