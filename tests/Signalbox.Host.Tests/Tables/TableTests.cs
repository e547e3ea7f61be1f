using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Tables;

public sealed class TableTests
{
    internal static async Task<HostRig> CanaryRigAsync(double percent = 50, FailSafeMode failSafe = FailSafeMode.Stable, double lease = 60)
    {
        var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1, canary: "shop-2"));
        await rig.ReadyAsync("shop-1", "shop-2");
        await rig.SetAsync(rig.Table(5, canary: "shop-2", percent: percent, failSafe: failSafe, leaseSeconds: lease, epoch: 3));
        return rig;
    }

    internal static async Task RefusedAsync(HostRig rig, string refusal, DeclaredTable table)
    {
        var result = await rig.PutAsync(table);
        Assert.Equal((false, refusal), (result.Accepted, result.Refusal));
        Assert.NotNull(result.Message);
    }

    [Fact]
    public async Task Put_WhatIsOldOrUnknown_IsRefusedAndChangesNothing()
    {
        await using var rig = await CanaryRigAsync();
        var table = rig.Table(6, canary: "shop-2", percent: 90, epoch: 3);
        await RefusedAsync(rig, PutResult.UnknownProtocol, table with { Protocol = 2 });
        await RefusedAsync(rig, PutResult.StaleEpoch, table with { Epoch = 2 });
        await RefusedAsync(rig, PutResult.StaleGeneration, table with { Generation = 4 });
        await RefusedAsync(rig, PutResult.StaleGeneration, table with { Generation = 5 });
        await RefusedAsync(rig, PutResult.InvalidTable, table with { Services = [table.Services[0] with { Arms = [HostRig.Arm("shop-1", 1, Weight.Percent(60))] }] });
        rig.Instances.MissingArtifacts.Add(Digest.Of("artifact"u8));
        await RefusedAsync(rig, PutResult.ArtifactMissing, table);

        Assert.Equal((5, Weight.Percent(50)), (rig.Track.Generation, rig.ArmOf("shop-2").Weight));
    }

    [Fact]
    public async Task Put_TheSameAgain_IsTakenAndChangesNothing()
    {
        await using var rig = await CanaryRigAsync();
        var instances = rig.Instances.All.Select(i => i.Id).ToHashSet();
        await rig.SetAsync(rig.Table(5, canary: "shop-2", percent: 50, epoch: 4));

        Assert.Equal(instances, rig.Instances.All.Select(i => i.Id).ToHashSet());
        Assert.False(rig.Tracks.Renew(new(3)));
    }

    [Fact]
    public async Task Put_ProtocolBefore_IsTaken()
    {
        await using var rig = await CanaryRigAsync();
        await rig.SetAsync(rig.Table(6, canary: "shop-2", percent: 60, epoch: 3) with { Protocol = 0 });
    }

    [Fact]
    public async Task Put_PortInUse_IsRefusedNamingTheHolder()
    {
        await using var rig = await HostRig.StartAsync();
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, rig.Listen.Port));
        holder.Listen();
        var result = await rig.PutAsync(rig.Table(1));

        Assert.Equal(PutResult.CannotListen, result.Refusal);
        Assert.Contains($"(pid {Environment.ProcessId})", result.Message);
        Assert.Empty(rig.Instances.All);
    }

    [Fact]
    public async Task Put_AddressOfAnotherService_IsRefusedNamingIt()
    {
        await using var rig = await CanaryRigAsync();
        var result = await rig.PutAsync(rig.Table(1, epoch: 3) with { Track = "other/dev" });

        Assert.Equal($"cannot listen on {rig.Listen}: web of shop/production has it", result.Message);
    }

    [Fact]
    public async Task Fall_TakesTheWeightAtOnceAndHoldsUntilAGreaterGenerationAcknowledges()
    {
        await using var rig = await CanaryRigAsync();
        var fallen = rig.Tracks.Fall("shop/production", new("ann", "looks wrong"))!;

        Assert.Equal((LatchReason.Operator, "ann", false), (fallen.Latch!.Reason, fallen.Latch.Principal, fallen.Latch.Held));
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);
        Assert.Equal(fallen.Latch, rig.Tracks.Fall("shop/production", new("bob", "again"))!.Latch);
        await RefusedAsync(rig, PutResult.LatchNotAcknowledged, rig.Table(6, canary: "shop-2", percent: 50, epoch: 3));
        await rig.SetAsync(rig.Table(5, canary: "shop-2", percent: 50, epoch: 3, acknowledged: fallen.Latch.Id));
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);
        await rig.SetAsync(rig.Table(6, canary: "shop-2", percent: 50, epoch: 3, acknowledged: fallen.Latch.Id));
        Assert.Equal((Weight.Percent(50), null), (rig.ArmOf("shop-2").Weight, rig.Track.Latch));
    }

    [Fact]
    public async Task Lease_RunsOut_FallsUnlessRenewed()
    {
        await using var rig = await CanaryRigAsync(lease: 0.8);
        await using var abandoned = await CanaryRigAsync(lease: 0.8);
        await Eventually.Async(() => rig.Tracks.Renew(new(3)) && abandoned.Track.Latch is not null, "a lease of the same length ran out");
        Assert.Null(rig.Track.Latch);
        await Eventually.Async(() => rig.Track.Latch is { Reason: LatchReason.Lease, Held: false }, "fell");
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);
    }

    [Fact]
    public async Task Hold_KeepsTheWeights()
    {
        await using var rig = await CanaryRigAsync(failSafe: FailSafeMode.Hold);
        var fallen = rig.Tracks.Fall("shop/production", new("ann", "x"))!;

        Assert.True(fallen.Latch!.Held);
        Assert.Equal(Weight.Percent(50), rig.ArmOf("shop-2").Weight);
    }

    [Fact]
    public async Task Fall_StableNotReady_IsHeldUntilItIs()
    {
        await using var rig = await CanaryRigAsync();
        var stable = rig.Instances.All.Single(i => i.Spec.Revision == "shop-1");
        rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 0, "unready");
        Assert.True(rig.Tracks.Fall("shop/production", new("ann", "x"))!.Latch!.Held);
        Assert.Equal("shop-2", await rig.VersionAsync());
        rig.Instances.Become(stable, InstancePhase.Ready);
        await Eventually.Async(() => rig.Track.Latch is { Held: false }, "fell once it could");
        Assert.Equal("shop-1", await rig.VersionAsync());
    }

    [Fact]
    public async Task Fall_ByAPerson_GoesBeforeAFallForLackOfContact()
    {
        await using var rig = await CanaryRigAsync(lease: 0.3);
        await Eventually.Async(() => rig.Track.Latch is { Reason: LatchReason.Lease }, "fell");
        var lease = rig.Track.Latch!.Id;
        var fallen = rig.Tracks.Fall("shop/production", new("ann", "it hurts"))!.Latch!;
        Assert.Equal((LatchReason.Operator, "ann", false, true), (fallen.Reason, fallen.Principal, fallen.Held, fallen.Id > lease));
        Assert.Equal(fallen.Id, rig.Tracks.Fall("shop/production", new("bob", "me too"))!.Latch!.Id);
    }

    [Fact]
    public async Task Falling_StableLost_CanaryServesUntilStableIsBack_AndNeverAfter()
    {
        await using var rig = await CanaryRigAsync();
        var stable = rig.Instances.All.Single(i => i.Spec.Revision == "shop-1");
        rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 0, "unready");
        var latch = rig.Tracks.Fall("shop/production", new("ann", "x"))!.Latch!;
        var falling = rig.Table(6, canary: "shop-2", percent: 50, epoch: 3, acknowledged: latch.Id) with { Falling = true };
        await rig.SetAsync(falling);
        Assert.Equal((null, "shop-2"), (rig.Track.Latch, await rig.VersionAsync()));

        rig.Instances.Become(stable, InstancePhase.Ready);
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.Zero, "fell without being told again");
        rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 0, "unready");
        Assert.Equal("503", await rig.VersionAsync());
    }

    [Fact]
    public async Task Falling_ServiceTheJudgeFailed_CarriesNoMoreThanItsShare()
    {
        await using var rig = await CanaryRigAsync(percent: 30);
        var stable = rig.Instances.All.Single(i => i.Spec.Revision == "shop-1");
        rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.All, "helps out");
        await rig.SetAsync(rig.Table(6, canary: "shop-2", percent: 30, epoch: 3) with { Falling = true, Condemned = "web" });
        Assert.Equal(Weight.Percent(30), rig.ArmOf("shop-2").Weight);
    }

    [Fact]
    public async Task Fallen_CanaryGetsNothingEvenIfStableIsLost()
    {
        await using var rig = await CanaryRigAsync();
        rig.Tracks.Fall("shop/production", new("ann", "x"));
        var stable = rig.Instances.All.Single(i => i.Spec.Revision == "shop-1");
        rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 0, "unready");

        Assert.Equal("503", await rig.VersionAsync());
        Assert.False(rig.Track.Latch!.Held);
    }

    [Fact]
    public async Task Put_JudgeHasNoPlaceOnTheDisk_IsInForceAllTheSame()
    {
        await using var rig = await CanaryRigAsync();
        File.WriteAllText(Path.Combine(rig.State, "judge", "r1"), "in the way");
        await rig.SetAsync(rig.Table(6, canary: "shop-2", percent: 60, epoch: 3, judge: HostRig.Plan()));

        Assert.Equal(Weight.Percent(60), rig.ArmOf("shop-2").Weight);
        await Eventually.Async(() => rig.Track.Services.Single().Judge is not null, "judged");
    }

    [Fact]
    public async Task Put_NewerControlPlaneComesWhileTheDiskIsBusy_IsRefused()
    {
        await using var rig = await CanaryRigAsync();
        rig.Files.Busy = () => rig.Tracks.Renew(new(4));

        await RefusedAsync(rig, PutResult.StaleEpoch, rig.Table(6, canary: "shop-2", percent: 90, epoch: 3));
        Assert.Equal(Weight.Percent(50), rig.ArmOf("shop-2").Weight);
    }

    [Fact]
    public async Task Stop_LeavesSomethingBehind_ArmIsGoneAllTheSame()
    {
        await using var rig = await CanaryRigAsync();
        rig.Instances.CannotRemove = true;
        await rig.SetAsync(rig.Table(6, epoch: 3));

        await Eventually.Async(() => rig.Track.Services.Single().Arms.All(a => a.Revision == "shop-1"), "the canary's arm is gone");
    }

    [Fact]
    public async Task Restart_AdoptsServesAndStartsTheCanaryAtFailSafe()
    {
        await using var rig = await CanaryRigAsync();
        var ids = rig.Instances.All.Select(i => i.Id).ToHashSet();
        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);

        for (var i = 0; i < 10; i++) Assert.Equal("shop-1", await next.VersionAsync(listening: rig));
        Assert.Equal((LatchReason.HostRestart, 5), (next.Track.Latch!.Reason, next.Track.Generation));
        Assert.Equal(ids, rig.Instances.All.Select(i => i.Id).ToHashSet());
        await next.KillAsync();
        await using var third = await HostRig.StartAsync(rig);
        Assert.Equal(next.Track.Latch, third.Track.Latch);
    }

    [Fact]
    public async Task Judge_FailingCanary_IsTakenBack()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1, canary: "shop-2"));
        await rig.ReadyAsync("shop-1", "shop-2");
        rig.Instances.Backend("shop-2").Failing = true;
        await rig.SetAsync(rig.Table(2, canary: "shop-2", percent: 50, judge: HostRig.Plan()));
        // so many errors count in a tick: a quick machine would be through with any number of requests before it is proven
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (rig.Track.Latch is null && DateTime.UtcNow < deadline) await rig.VersionAsync();

        Assert.Equal((LatchReason.Judge, "web"), (rig.Track.Latch!.Reason, rig.Track.Latch.Service));
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);
        await Eventually.Async(() => File.Exists(Path.Combine(rig.State, "judge", "r1", "web.ticks")), "tick log");
        rig.Instances.Become(rig.Instances.All.Single(i => i.Spec.Revision == "shop-1"), InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 0, "stable is lost");
        Assert.Equal("503", await rig.VersionAsync());
    }

    [Fact]
    public async Task Judge_FailedOneService_CanaryOfAnotherStillHelpsOut()
    {
        await using var rig = await HostRig.StartAsync();
        var other = new ListenAddress("127.0.0.1", HostRig.FreePort());
        await rig.SetAsync(Both(rig, 1, 0, other));
        await Eventually.Async(() => rig.Track.Services.Count == 2 && rig.Track.Services.All(s => s.Arms.All(a => a.Ready == 1)), "ready");
        rig.Instances.Backend("shop-2").Failing = true;
        await rig.SetAsync(Both(rig, 2, 50, other));
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (rig.Track.Latch is null && DateTime.UtcNow < deadline) await rig.VersionAsync();
        Assert.Equal("web", rig.Track.Latch?.Service);
        foreach (var stable in rig.Instances.All.Where(i => i.Spec.Revision is "shop-1" or "other-1").ToList()) rig.Instances.Become(stable, InstancePhase.Unready);
        await Eventually.Async(() => rig.Track.Services.All(s => s.Arms.Single(a => a.Revision.EndsWith("-1", StringComparison.Ordinal)).Ready == 0), "unready");

        Assert.Equal([5_000, 10_000], rig.Track.Services.Select(s => s.Arms.Single(a => a.Revision.EndsWith("-2", StringComparison.Ordinal)).Weight.BasisPoints));
    }

    /// <summary>Two services with a canary each, which hold where they fall.</summary>
    private static DeclaredTable Both(HostRig rig, long generation, double percent, ListenAddress other)
    {
        var table = rig.Table(generation, canary: "shop-2", percent: percent, failSafe: FailSafeMode.Hold, judge: HostRig.Plan());
        var second = table.Services[0] with
        {
            Service = "other",
            Listen = other,
            Stable = "other-1",
            Arms = [HostRig.Arm("other-1", 1, Weight.Percent(100 - percent)), HostRig.Arm("other-2", 1, Weight.Percent(percent))],
            Judge = null,
        };
        return table with { Services = [table.Services[0], second] };
    }

    [Fact]
    public async Task Table_WithoutAnArm_DrainsAndStopsIt()
    {
        await using var rig = await CanaryRigAsync();
        var slow = rig.Client.PostAsync(new Uri(rig.Url("/slow")), new StringContent("x"));
        await Eventually.Async(() => rig.Track.Services[0].Arms.Sum(a => a.InFlight) == 1, "in flight");
        await rig.SetAsync(rig.Table(6, stable: "shop-3", epoch: 3));
        using var answer = await slow;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Eventually.Async(() => rig.Instances.Stopped.Count == 2, "both stopped");
    }
}
