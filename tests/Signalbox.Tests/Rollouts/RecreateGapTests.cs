using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>What recreate costs: stated when it starts, measured by the host, remembered for the next one.</summary>
public sealed class RecreateGapTests : IDisposable
{
    private static readonly Strategy s_recreate = Plans.Canary with { Kind = StrategyKind.Recreate, Steps = [], KeepWarm = TimeSpan.Zero, Bake = TimeSpan.FromSeconds(1) };
    private static readonly Behaviour s_threeSeconds = Behaviour.Good with { StartSeconds = 3 };

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void FirstRecreate_StatesHowLongTheServingOneTookToStart()
    {
        _world.Deploy(s_threeSeconds, s_recreate);
        _world.Until(world => world.Phase == Phase.Succeeded);
        var stated = RecreateGap.Expected(_world.State)!;
        Assert.InRange(stated.Gap.TotalSeconds, 3, 3.2);
        Assert.Contains("how long it takes to stop is not known yet", stated.Basis);
        _world.Deploy(s_threeSeconds, s_recreate);
        Assert.Equal(stated.Gap, _world.State.Rollout!.ExpectedGap);
    }

    [Fact]
    public void Later_StatesTheMedianOfWhatWasMeasured()
    {
        _world.Host.DrainSeconds = 2;
        _world.Deploy(s_threeSeconds, s_recreate);
        _world.Until(world => world.Phase == Phase.Succeeded);
        for (var deploys = 0; deploys < 3; deploys++)
        {
            _world.Deploy(s_threeSeconds, s_recreate);
            _world.Until(world => world.Phase == Phase.Succeeded);
            Assert.InRange(_world.State.Rollout!.Gap!.Value.TotalSeconds, 3, 5.5);
        }
        Assert.Equal(3, _world.State.Gaps.Count);
        var stated = RecreateGap.Expected(_world.State)!;
        Assert.Equal(_world.State.Gaps.Order().ElementAt(1), stated.Gap);
        Assert.Matches(@"^the median of the last 3 measured here, \d\.\d to \d\.\d s$", stated.Basis);
        _world.RestartEngine();
        Assert.Equal(3, _world.State.Gaps.Count);
    }

    [Fact]
    public void TwoGaps_AreStatedByTheirMean()
    {
        var state = TrackState.New(new("shop", "production")) with { Gaps = [TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(3)] };
        Assert.Equal(new GapEstimate(TimeSpan.FromSeconds(3.5), "the median of the last 2 measured here, 3.0 to 4.0 s"), RecreateGap.Expected(state));
    }

    [Fact]
    public void TakenBack_SaysWhatItCost_AndTeachesNothingForTheNext()
    {
        _world.Serving().Deploy(Behaviour.Good with { NeverReady = true }, s_recreate with { ProgressDeadline = TimeSpan.FromSeconds(20) });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.True(_world.State.Rollout!.Gap > TimeSpan.FromSeconds(5), $"{_world.State.Rollout.Gap}");
        Assert.Empty(_world.State.Gaps);
    }

    [Fact]
    public void WorkersAlone_AreMissedForAsLongAsTheMachineSees()
    {
        var worker = Plans.Web("worker") with { Kind = ServiceKind.Worker, Listen = null };
        _world.Serving(worker).Deploy(s_threeSeconds, s_recreate, services: worker);
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.InRange(_world.State.Rollout!.Gap!.Value.TotalSeconds, 3, 3.5);
    }

    /// <summary>What the next release says of its data is no word of the one that has it open.</summary>
    [Theory]
    [InlineData(StrategyKind.Canary)]
    [InlineData(StrategyKind.Rolling)]
    [InlineData(StrategyKind.BlueGreen)]
    public void ExclusiveDataOfTheServingRelease_StopsItFirst_WhateverFollows(StrategyKind kind)
    {
        var strategy = kind switch { StrategyKind.Rolling => Plans.Rolling, StrategyKind.BlueGreen => Plans.BlueGreen, _ => Plans.Canary };
        _world.Host.DrainSeconds = 3;
        _world.Deploy(strategy: s_recreate, services: Plans.Web(instances: 2) with { Data = DataMode.Exclusive });
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Deploy(strategy: strategy, services: Plans.Web(instances: 2));
        _world.Until(world => { Assert.True(world.Host.Arms.Count(arm => arm.Running > 0) <= 1); return world.Phase == Phase.Succeeded; });
        Assert.Contains("stop-requested", _world.Events);
        Assert.NotNull(_world.State.Rollout!.ExpectedGap);
    }

    /// <summary>Nor may a release that was warm still run when one with exclusive data starts.</summary>
    [Fact]
    public void WarmRelease_HasStoppedToo_BeforeTheNextStarts()
    {
        _world.Host.DrainSeconds = 20;
        _world.Serving().Deploy();
        _world.Until(world => world.State.Warm is not null);
        _world.Deploy(strategy: s_recreate, services: Plans.Web() with { Data = DataMode.Exclusive });
        _world.Until(world => world.Phase == Phase.Starting);
        Assert.All(_world.Host.Observe().Services.Single().Arms, arm => Assert.True(arm.Revision == "shop-3" || arm.Running == 0));
    }

    [Fact]
    public void OtherStrategies_StateNone()
    {
        _world.Serving().Deploy();
        Assert.Null(_world.State.Rollout!.ExpectedGap);
    }
}
