using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>The new release in full beside the old one, seen alone, checked, then all of the traffic in one swap.</summary>
public sealed class BlueGreenTests : IDisposable
{
    private static readonly ServiceConfiguration s_two = Plans.Web(instances: 2);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_SwitchesOnce_AndKeepsTheOldOneWarm()
    {
        _world.Serving(s_two).Deploy(strategy: Plans.BlueGreen, services: s_two);
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal(["started", "capacity-requested", "preview-began", "took-over"], _world.Events.Skip(4));
        Assert.Equal((2, 2), (Arm("shop-1").Ready, Arm("shop-2").Ready));
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal("shop-1", _world.State.Warm!.Release);
        _world.Rollback();
        _world.Until(world => world.Phase == Phase.Succeeded, 2);
        Assert.Equal("shop-1", _world.State.Stable!.Release);
    }

    [Fact]
    public void Preview_GoesToTheNewOneAlone_UntilTheSwitch()
    {
        _world.Serving(s_two).Deploy(strategy: With(manual: true), services: s_two);
        _world.Until(world => world.Phase == Phase.Paused);
        Assert.Equal(new PreviewTable(new("127.0.0.1", 8081), "shop-2"), Assert.Single(_world.Host.Table!.Services).Preview);
        Assert.Equal(Weight.Zero, Arm("shop-2").Weight);
        Assert.Contains("http://127.0.0.1:8081", _world.State.Rollout!.Reason);
        Assert.Null(Assert.Single(_world.Host.Table!.Services).Judge);
        _world.Run(60).Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Null(Assert.Single(_world.Host.Table!.Services).Preview);
    }

    [Fact]
    public void Check_RunsOnceTheHostShowsThePreview_AndAFailureLeavesStableAsItWas()
    {
        _world.Serving(s_two).Deploy(strategy: With(check: true), services: s_two);
        _world.Until(world => world.Phase == Phase.Checking && world.Hooks.Ran.Count > 0);
        Assert.Equal(["check"], _world.Hooks.Ran);
        Assert.NotNull(Assert.Single(_world.Host.Table!.Services).Preview);
        _world.Hooks.End(false);
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains("the check hook failed", _world.State.Rollout!.Reason);
        Assert.DoesNotContain("took-over", _world.Events.Skip(4));
        Assert.Equal(Weight.All, Assert.Single(_world.Host.Arms).Weight);
    }

    [Fact]
    public void Check_ThatSucceeds_ComesBeforeThePause()
    {
        _world.Serving(s_two).Deploy(strategy: With(check: true, manual: true), services: s_two);
        _world.Until(world => world.Hooks.Ran.Count > 0);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Paused).Command(new Signal.Resume(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void Pause_LetsItSwitchAfterItsTime()
    {
        _world.Serving(s_two).Deploy(strategy: With(seconds: 20), services: s_two);
        _world.Until(world => world.Phase == Phase.Previewing).Run(15);
        Assert.Equal(Phase.Previewing, _world.Phase);
        _world.Run(6);
        Assert.Equal(Phase.Baking, _world.Phase);
    }

    [Fact]
    public void JudgedBad_AfterTheSwitch_IsOneSwapBack()
    {
        _world.Serving(s_two).Deploy(Behaviour.Good with { BadAfterSeconds = 10 }, Plans.BlueGreen, services: s_two);
        _world.Until(world => world.Host.Latch is not null || world.Phase == Phase.RolledBack);
        Assert.Equal(Weight.Zero, _world.Host.Arms.SingleOrDefault(arm => arm.Revision == "shop-2")?.Weight ?? Weight.Zero);
        _world.Until(world => world.Phase == Phase.RolledBack, 1);
    }

    /// <summary>Nothing of what a preview shows is evidence: a release that would be bad waits in front of it all the same.</summary>
    [Fact]
    public void Previewing_IsNotJudged()
    {
        _world.Serving(s_two).Deploy(Behaviour.Good with { BadAfterSeconds = 0 }, With(manual: true), services: s_two);
        _world.Until(world => world.Phase == Phase.Paused).Run(60);
        Assert.Equal(Phase.Paused, _world.Phase);
    }

    [Fact]
    public void Workers_StartForTheSwitch_AndNotForThePreview()
    {
        var worker = Plans.Web("worker", 2) with { Kind = ServiceKind.Worker, Listen = null };
        _world.Serving(s_two, worker).Deploy(strategy: With(manual: true), services: [s_two, worker]);
        _world.Until(world => world.Phase == Phase.Paused);
        Assert.Equal("shop-1", Assert.Single(Running("worker")));
        _world.Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Baking).Run(1);
        Assert.Equal("shop-2", Assert.Single(Running("worker")));
        Assert.Contains("capacity-requested", _world.Events.SkipWhile(name => name != "overridden"));
    }

    [Fact]
    public void NotReadyForTheSwitch_WaitsItsDeadlineFromTheEndOfThePause()
    {
        _world.Serving(s_two).Deploy(strategy: With(seconds: 60) with { ProgressDeadline = TimeSpan.FromSeconds(30) }, services: s_two);
        _world.Until(world => world.Phase == Phase.Previewing);
        _world.Behave("shop-2", Behaviour.Good with { FlapPerSecond = 1000 });
        _world.Run(80);
        Assert.Equal(Phase.Previewing, _world.Phase);
        _world.Until(world => world.Phase == Phase.RolledBack, 15);
        Assert.Contains("not all ready for the switch", _world.State.Rollout!.Reason);
    }

    [Fact]
    public void Cron_RunsByTheReleaseThatHasAllTraffic_AndByNoOther()
    {
        var cron = Plans.Web("nightly") with { Kind = ServiceKind.Cron, Listen = null, Schedule = new("0 3 * * *") };
        _world.Serving(s_two, cron).Deploy(Behaviour.Good, With(manual: true), services: [s_two, cron]);
        _world.Until(world => world.Phase == Phase.Paused);
        Assert.Equal("shop-1", Assert.Single(Running("nightly")));
        _world.Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal("shop-2", Assert.Single(Running("nightly")));
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal("shop-1", Assert.Single(Running("nightly")));
    }

    private static Strategy With(double seconds = 0, bool manual = false, bool check = false) => Plans.BlueGreen with
    {
        BlueGreen = Plans.BlueGreen.BlueGreen! with
        {
            Pause = TimeSpan.FromSeconds(seconds),
            ManualPause = manual,
            Check = check ? new(["check"], TimeSpan.FromSeconds(60), true) : null,
        },
    };

    private SimulatedArm Arm(string release) => _world.Host.Arms.First(arm => arm.Revision == release);

    private IEnumerable<string> Running(string name) => _world.Host.Find("shop/production")!.Table!.Services.Single(service => service.Service == name)
        .Arms.Where(arm => arm.Instances > 0).Select(arm => arm.Revision);
}
