using System.Diagnostics;
using Signalbox.Delivery;
using Signalbox.Host.Tests.Routing;

namespace Signalbox.Host.Tests.Tables;

/// <summary>For how long a service had nobody.</summary>
public sealed class GapTests
{
    [Fact]
    public async Task Gap_IsFromTheSwapAwayToTheSwapBack_WithTheTableThatBeganIt()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1));
        await rig.ReadyAsync("shop-1");
        Assert.Null(rig.Track.Services[0].Gap);

        var clock = Stopwatch.StartNew();
        await rig.SetAsync(rig.Table(2, instances: 0));
        Assert.Equal("503", await rig.VersionAsync());
        Assert.Null(rig.Track.Services[0].Gap);
        await rig.SetAsync(rig.Table(3, stable: "shop-2"));
        await rig.ReadyAsync("shop-2");
        var most = clock.Elapsed;
        await Eventually.Async(() => rig.Track.Services[0].Gap is not null, "measured");
        var gap = rig.Track.Services[0].Gap!;
        Assert.Equal(2, gap.Generation);
        Assert.InRange(gap.Length, TimeSpan.FromMilliseconds(1), most);
    }

    [Fact]
    public async Task StartOfAHost_IsNoGap()
    {
        await using var rig = await TableTests.CanaryRigAsync();
        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);
        await next.ReadyAsync("shop-1");
        Assert.Null(next.Track.Services[0].Gap);
        Assert.Equal(Weight.Zero, next.ArmOf("shop-2").Weight);
    }
}
