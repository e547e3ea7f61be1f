using Signalbox.Delivery;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Host.Tests.Tables.TableTests;

namespace Signalbox.Host.Tests.Tables;

/// <summary>What becomes of tables when the disk is full, broken or cut off.</summary>
public sealed class DiskTests
{
    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    public async Task DiskThatRefuses_StillFallsButDoesNotRise(Type fault)
    {
        await using var rig = await CanaryRigAsync();
        rig.Files.WriteFault = (Exception)Activator.CreateInstance(fault)!;
        await RefusedAsync(rig, PutResult.CannotPersist, rig.Table(6, canary: "shop-2", percent: 75, epoch: 3));
        Assert.Equal((5, Weight.Percent(50)), (rig.Track.Generation, rig.ArmOf("shop-2").Weight));

        var lowered = await rig.PutAsync(rig.Table(6, canary: "shop-2", percent: 0, epoch: 3));
        Assert.True(lowered.Accepted);
        Assert.StartsWith("in force, but not on the disk: ", lowered.Message);
        Assert.Equal(Weight.Zero, rig.ArmOf("shop-2").Weight);

        await RefusedAsync(rig, PutResult.CannotPersist, rig.Table(7, canary: "shop-2", percent: 25, epoch: 3));
        rig.Files.WriteFault = null;
        await rig.SetAsync(rig.Table(7, canary: "shop-2", percent: 25, epoch: 3));
    }

    [Fact]
    public async Task FullDisk_RefusesOnlyWhatOutgrowsItsSlotAndWhatIsNew()
    {
        await using var rig = await CanaryRigAsync();
        rig.Files.Full = true;
        await rig.SetAsync(rig.Table(6, canary: "shop-2", percent: 75, epoch: 3));
        await rig.SetAsync(rig.Table(7, canary: "shop-2", percent: 0, epoch: 3));
        await RefusedAsync(rig, PutResult.CannotPersist, rig.Table(1, epoch: 3) with { Track = "other/dev", Services = [] });
        var table = rig.Table(8, canary: "shop-2", percent: 50, epoch: 3);
        var arms = table.Services[0].Arms.Select(a => a with { Environment = new Dictionary<string, string> { ["X"] = new('x', 40_000) } });
        await RefusedAsync(rig, PutResult.CannotPersist, table with { Services = [table.Services[0] with { Arms = [.. arms] }] });

        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);
        Assert.Equal((7, null), (next.Track.Generation, next.Track.Latch));
        Assert.Single(next.Tracks.Observe());
    }

    [Fact]
    public async Task FlushThatFails_IsToldAndTheTableIsInForceAndKeptOverAKill()
    {
        await using var rig = await CanaryRigAsync();
        rig.Files.FlushFault = new IOException("input/output error");
        var raised = await rig.PutAsync(rig.Table(6, canary: "shop-2", percent: 75, epoch: 3));

        Assert.Equal((true, "in force, but not on the disk: input/output error"), (raised.Accepted, raised.Message));
        Assert.Equal(Weight.Percent(75), rig.ArmOf("shop-2").Weight);
        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);
        Assert.Equal(6, next.Track.Generation);
    }

    [Fact]
    public async Task FirstPutThatIsRefused_LeavesNothing()
    {
        await using var rig = await CanaryRigAsync();
        var table = rig.Table(1, epoch: 3) with { Track = "other/dev" };
        await RefusedAsync(rig, PutResult.CannotListen, table);
        rig.Files.WriteFault = new IOException("input/output error");
        await RefusedAsync(rig, PutResult.CannotPersist, table with { Services = [table.Services[0] with { Listen = new("127.0.0.1", HostRig.FreePort()) }] });
        rig.Files.WriteFault = null;
        rig.Files.Busy = () => rig.Tracks.Renew(new(4));
        await RefusedAsync(rig, PutResult.StaleEpoch, table with { Services = [table.Services[0] with { Listen = null }] });

        Assert.Equal("shop/production", Assert.Single(rig.Tracks.Observe()).Track);
        Assert.Single(Directory.GetFiles(Path.Combine(rig.State, "tables")));
        rig.Files.Busy = null;
        await rig.SetAsync(table with { Epoch = 4, Services = [] });
        Assert.Equal(2, rig.Tracks.Observe().Count);
    }
}
