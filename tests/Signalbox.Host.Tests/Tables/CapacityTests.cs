using Signalbox.Delivery;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Tables;

/// <summary>Fail-safe while stable does not run in full: it takes what its ready instances can carry, and keeps it.</summary>
public sealed class CapacityTests
{
    /// <summary>Four instances are full load; two of either release run, the new ones with half.</summary>
    private static async Task<HostRig> HalfWayAsync(double lease = 60)
    {
        var rig = await HostRig.StartAsync();
        await rig.SetAsync(Table(rig, 1, old: 2, now: 2, percent: 0));
        await rig.ReadyAsync("shop-1", "shop-2");
        await rig.SetAsync(Table(rig, 2, old: 2, now: 2, percent: 50, lease: lease));
        return rig;
    }

    private static DeclaredTable Table(HostRig rig, long generation, int old, int now, double percent, long acknowledged = 0, bool falling = false, double lease = 60)
    {
        var table = rig.Table(generation, canary: "shop-2", percent: percent, instances: old, canaryInstances: now, failSafe: FailSafeMode.Capacity, acknowledged: acknowledged, leaseSeconds: lease);
        var service = table.Services[0];
        return table with { Falling = falling, Services = [service with { Arms = [.. service.Arms.Select(arm => arm with { FullLoad = 4 })] }] };
    }

    [Fact]
    public async Task Weights_AreMeasuredAgainstTheFullLoad_NotAgainstWhatRuns()
    {
        await using var rig = await HalfWayAsync();
        rig.Instances.Become(rig.Instances.All.First(i => i.Spec.Revision == "shop-2"), InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-2").Ready == 1, "one is lost");
        Assert.Equal((Weight.Percent(25), Weight.Percent(75)), (rig.ArmOf("shop-2").Weight, rig.ArmOf("shop-1").Weight));
    }

    [Fact]
    public async Task Fall_ByAPerson_FollowsStablesCapacityInstanceByInstance_AndNeverRises()
    {
        await using var rig = await HalfWayAsync();
        var latch = rig.Tracks.Fall("shop/production", new("ann", "it hurts"))!.Latch!;
        Assert.Equal((true, Weight.Percent(50)), (latch.Held, rig.ArmOf("shop-2").Weight));

        await rig.SetAsync(Table(rig, 3, old: 3, now: 2, percent: 50, acknowledged: latch.Id, falling: true));
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.Percent(25), "three of four are ready");
        var third = rig.Instances.All.Single(i => i.Spec is { Revision: "shop-1", Ordinal: 2 });
        rig.Instances.Become(third, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 2, "lost again");
        Assert.Equal(Weight.Percent(25), rig.ArmOf("shop-2").Weight);
        rig.Instances.Become(third, InstancePhase.Ready);

        await rig.SetAsync(Table(rig, 4, old: 4, now: 1, percent: 25, acknowledged: latch.Id, falling: true));
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.Zero, "all are ready");
        rig.Instances.Become(third, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 3, "lost once more");
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);
        Assert.Null(rig.Track.Latch);
    }

    /// <summary>What stable has more than its weight needs is taken at once: the batch that is judged costs no more than its own harm.</summary>
    [Fact]
    public async Task Fall_WhereStableHasRoom_TakesItAtOnce()
    {
        await using var rig = await HalfWayAsync();
        await rig.SetAsync(Table(rig, 3, old: 3, now: 2, percent: 50));
        await rig.ReadyAsync("shop-1");
        Assert.Equal(Weight.Percent(50), rig.ArmOf("shop-2").Weight);
        rig.Tracks.Fall("shop/production", new("ann", "it hurts"));
        Assert.Equal(Weight.Percent(25), rig.ArmOf("shop-2").Weight);
    }

    [Fact]
    public async Task LostContact_AndARestart_HoldAsItIs()
    {
        await using var rig = await HalfWayAsync(lease: 0.3);
        await using var full = await TableTests.CanaryRigAsync(lease: 0.3);
        await Eventually.Async(() => full.Track.Latch is not null, "a lease of the same length ran out");
        Assert.Equal((null, Weight.Percent(50)), (rig.Track.Latch, rig.ArmOf("shop-2").Weight));

        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);
        await Eventually.Async(() => next.ArmOf("shop-2").Ready == 2 && next.ArmOf("shop-1").Ready == 2, "adopted");
        Assert.Equal((null, Weight.Percent(50)), (next.Track.Latch, next.ArmOf("shop-2").Weight));
    }

    [Fact]
    public async Task Shrinking_DrainsWhatGivesWay_AndFailsNoRequest()
    {
        await using var rig = await HalfWayAsync();
        using var stop = new CancellationTokenSource();
        var asked = AskUntilAsync(rig, stop.Token);
        await rig.SetAsync(Table(rig, 3, old: 1, now: 3, percent: 50));
        await rig.ReadyAsync("shop-2");
        await rig.SetAsync(Table(rig, 4, old: 1, now: 3, percent: 75));
        await Eventually.Async(() => rig.Instances.Stopped.Count == 1, "one has left");
        await stop.CancelAsync();
        Assert.Equal(0, await asked);
    }

    private static async Task<int> AskUntilAsync(HostRig rig, CancellationToken cancel)
    {
        var failed = 0;
        while (!cancel.IsCancellationRequested) failed += await rig.VersionAsync() is "shop-1" or "shop-2" ? 0 : 1;
        return failed;
    }
}
