using Signalbox.Host.Supervision;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Host.Tests.Tables.TableTests;

namespace Signalbox.Host.Tests.Tables;

/// <summary>What a host makes of its tables when it is killed, started again or told to end everything.</summary>
public sealed class RestartTests
{
    private static readonly TimeSpan Unanswered = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Restart_CanaryAnswersItsProbeFirst_NobodyIsLetInBeforeStable()
    {
        await using var rig = await CanaryRigAsync(percent: 1);
        await rig.KillAsync();
        var (stable, canary) = (Of(rig, "shop-1"), Of(rig, "shop-2"));
        foreach (var instance in rig.Instances.All) rig.Instances.Become(instance, InstancePhase.Unready);
        Task<string>[] asked = [];
        rig.Instances.Probing = async () =>
        {
            asked = [.. Enumerable.Range(0, 20).Select(_ => rig.VersionAsync())];
            rig.Instances.Become(canary, InstancePhase.Ready);
            await Task.WhenAny([.. asked, Task.Delay(Unanswered)]);
            Assert.DoesNotContain(asked, a => a.IsCompleted);
            rig.Instances.Become(stable, InstancePhase.Ready);
            Assert.All(await Task.WhenAll(asked), version => Assert.Equal("shop-1", version));
        };

        await using var next = await HostRig.StartAsync(rig);
        Assert.Equal(20, asked.Length);
    }

    [Fact]
    public async Task Restart_StableDoesNotAnswerItsProbe_OthersAreLetInOnceAdoptionIsOver()
    {
        await using var rig = await CanaryRigAsync(percent: 1);
        await rig.KillAsync();
        rig.Instances.Become(Of(rig, "shop-1"), InstancePhase.Unready);

        await using var next = await HostRig.StartAsync(rig);
        Assert.Equal("shop-2", await rig.VersionAsync());
    }

    [Fact]
    public async Task Restart_AfterARefusalThatWasWrittenAlready_ComesBackWithWhatWasInForce()
    {
        await using var rig = await HostRig.StartAsync(ticks: false);
        await rig.SetAsync(rig.Table(5));
        rig.Files.Busy = () => rig.Tracks.Renew(new(4));
        await RefusedAsync(rig, PutResult.StaleEpoch, rig.Table(6, canary: "shop-2", percent: 90));
        await rig.KillAsync();

        await using var next = await HostRig.StartAsync(rig);
        Assert.Equal(5, next.Track.Generation);
    }

    [Fact]
    public async Task ServiceTakenOut_ClosesTheAddressForGood()
    {
        await using var rig = await CanaryRigAsync();
        await rig.SetAsync(rig.Table(100, epoch: 3) with { Services = [] });
        // the host tries each second to listen where it could not
        for (var until = DateTime.UtcNow.AddSeconds(1.5); DateTime.UtcNow < until; await Task.Delay(20)) Assert.Null(rig.Listeners.OwnerOf(rig.Listen));
    }

    private static SupervisedInstance Of(HostRig rig, string revision) => rig.Instances.All.Single(i => i.Spec.Revision == revision);
}
