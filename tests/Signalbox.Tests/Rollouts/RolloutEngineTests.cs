using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

public sealed class RolloutEngineTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_FirstRelease_TakesOverWhenReady()
    {
        _world.Serving();
        Assert.Equal(["started", "capacity-requested", "took-over", "ended"], _world.Events);
        Assert.Equal("shop-1", _world.State.Stable!.Release);
    }

    [Fact]
    public void Deploy_GoodCanary_ClimbsItsStepsAndKeepsTheOldOneWarm()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal(["started", "capacity-requested", "step-reached", "step-reached", "took-over", "ended"], _world.Events.Skip(4));
        Assert.Equal(("shop-2", "shop-1"), (_world.State.Stable!.Release, _world.State.Warm!.Release));
        _world.Run(601);
        Assert.Null(_world.State.Warm);
        Assert.DoesNotContain(_world.Host.Arms, arm => arm.Revision == "shop-1");
    }

    [Fact]
    public void Deploy_BadCanary_IsTakenBackByTheJudge()
    {
        _world.Serving().Deploy(Behaviour.Good with { BadAfterSeconds = 3 });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains("judged", _world.Events);
        Assert.Equal("shop-1", _world.State.Stable!.Release);
        Assert.Equal(Weight.All, Assert.Single(_world.Host.Arms).Weight);
    }

    [Fact]
    public void Deploy_CanaryThatNeverStarts_IsTakenBackAtTheProgressDeadlineOrItsCrashLoop()
    {
        _world.Serving().Deploy(Behaviour.Good with { NeverReady = true }, Plans.Canary with { ProgressDeadline = TimeSpan.FromSeconds(20) });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.DoesNotContain("step-reached", _world.Events);
    }

    [Fact]
    public void Deploy_WithoutTraffic_NeverPasses()
    {
        _world.Serving().Deploy(Behaviour.Good with { NoTraffic = true }, Plans.Canary with { Analysis = Plans.Analysis with { MaxStepTime = TimeSpan.FromSeconds(60) } });
        _world.Run(300);
        Assert.Equal(Phase.Paused, _world.Phase);
        Assert.Equal("the evidence is undecided", _world.State.Rollout!.Reason);
        Assert.Equal(0, _world.State.Rollout.Step);
    }

    [Theory]
    [InlineData(OnUndecided.Advance, Phase.Succeeded)]
    [InlineData(OnUndecided.Abort, Phase.RolledBack)]
    public void Deploy_Undecided_DoesWhatTheStrategySays(OnUndecided action, Phase end)
    {
        var analysis = Plans.Analysis with { MaxStepTime = TimeSpan.FromSeconds(20), OnUndecided = action };
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity }, Plans.Canary with { Analysis = analysis });
        _world.Until(world => world.Phase == end, 300);
        Assert.Contains("undecided", _world.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Baked_WithoutTraffic_SaysSoWhereItSucceeds(bool hook)
    {
        _world.Serving().Deploy(Behaviour.Good with { NoTraffic = true }, Plans.BlueGreen, post: hook ? new(["tell"], TimeSpan.FromSeconds(10), true) : null);
        if (hook)
        {
            _world.Until(world => world.Hooks.Ran.Count == 1);
            _world.Hooks.End(true);
        }
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Contains("web: no data", _world.State.Rollout!.Reason, StringComparison.Ordinal);
        Assert.Contains("web: no data", _world.Ledger.Read(0, 1000).Select(HistorySummary.Of).Last(told => told?.Summary.StartsWith("ended", StringComparison.Ordinal) == true)!.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Baked_WithEvidence_SaysNothingMore()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Null(_world.State.Rollout!.Reason);
    }

    [Fact]
    public void ManualStep_WaitsForAdvance()
    {
        var steps = new[] { new CanaryStep(Weight.Percent(10), TimeSpan.Zero, ManualPause: true), new CanaryStep(Weight.Percent(50), TimeSpan.FromSeconds(1)) };
        _world.Serving().Deploy(strategy: Plans.Canary with { Steps = steps });
        _world.Run(60);
        Assert.Equal(Phase.Paused, _world.Phase);
        _world.Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void Pause_KeepsTheWeightAndTheJudge()
    {
        _world.Serving().Deploy(Behaviour.Good with { BadAfterSeconds = 30 });
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Command(new Signal.Pause(World.Alice, null));
        _world.Run(20);
        Assert.Equal((Phase.Paused, Weight.Percent(10)), (_world.Phase, _world.State.Rollout!.Weight));
        _world.Until(world => world.Phase == Phase.RolledBack);
    }

    [Fact]
    public void NewerRelease_SupersedesTheRunningOne_AfterStableServes()
    {
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity });
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Deploy();
        _world.Until(world => world.Phase == Phase.Succeeded && world.State.Stable!.Release == "shop-3");
        Assert.Equal(["queued", "abort-started", "latch-acknowledged", "ended", "started"], _world.Events.SkipWhile(name => name != "queued").Take(5));
    }

    [Fact]
    public void LostLease_StartsOver_AndFinishes()
    {
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = 20 });
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Time.Advance(TimeSpan.FromSeconds(15));
        _world.Host.Live(TimeSpan.FromSeconds(15));
        Assert.Equal(LatchReason.Lease, _world.Host.Latch!.Reason);
        _world.RestartEngine();
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Contains("fell", _world.Events);
    }

    [Fact]
    public void Rollback_WhileWarm_IsOneSwap()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Rollback();
        _world.Run(0.1);
        Assert.Equal((Phase.Succeeded, "shop-1"), (_world.Phase, _world.State.Stable!.Release));
        _world.Run(1);
        Assert.Equal("shop-1", Assert.Single(_world.Host.Arms).Revision);
    }

    [Fact]
    public void Rollback_ToARetiredRelease_StartsItFirst()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.State.Stable!.Release == "shop-2").Deploy();
        _world.Until(world => world.State.Stable!.Release == "shop-3");
        _world.Rollback("shop-1");
        Assert.Equal(Weight.All, _world.Host.Arms.Single(arm => arm.Revision == "shop-3").Weight);
        _world.Until(world => world.State.Stable!.Release == "shop-1");
    }

    [Fact]
    public void Configuration_GoesBackTogetherWithCode()
    {
        _world.Serving(Plans.Web() with { Environment = new Dictionary<string, string> { ["MODE"] = "old" } });
        _world.Deploy(services: Plans.Web() with { Environment = new Dictionary<string, string> { ["MODE"] = "new" } });
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Rollback();
        _world.Until(world => world.State.Stable!.Release == "shop-1");
        Assert.Equal("old", Assert.Single(_world.Host.Table!.Services[0].Arms).Environment["MODE"]);
    }

    [Fact]
    public void Capacity_ComesBeforeWeight_InEveryService()
    {
        _world.Serving(Plans.Web("api", 4), Plans.Web("web", 2, 8081));
        _world.Deploy(services: [Plans.Web("api", 4), Plans.Web("web", 2, 8081)]);
        _world.Until(world => world.State.Rollout!.Step == 0);
        Assert.Equal([1, 1], _world.Host.Table!.Services.Select(service => service.Arms.Single(arm => arm.Revision == "shop-2").Instances));
        _world.Until(world => world.State.Rollout!.Step == 1);
        Assert.Equal([2, 1], _world.Host.Table!.Services.Select(service => service.Arms.Single(arm => arm.Revision == "shop-2").Instances));
        _world.Until(world => world.Phase == Phase.Baking);
        Assert.Equal([4, 2], _world.Host.Table!.Services.Select(service => service.Arms.Single(arm => arm.Revision == "shop-2").Instances));
        Assert.Equal([4, 2], _world.Host.Table!.Services.Select(service => service.Arms.Single(arm => arm.Revision == "shop-1").Instances));
    }

    [Fact]
    public void Recreate_StopsTheOldOneBeforeTheNewOneStarts_AndGoesBackTheSameWay()
    {
        var recreate = Plans.Canary with { Kind = StrategyKind.Recreate };
        _world.Deploy(strategy: recreate);
        _world.Until(world => world.Phase == Phase.Succeeded).Deploy(Behaviour.Good with { NeverReady = true }, recreate with { ProgressDeadline = TimeSpan.FromSeconds(20) });
        for (var turn = 0; turn < 900 && _world.Phase != Phase.RolledBack; turn++)
        {
            _world.Run(0.1);
            Assert.False(_world.Host.Arms.Count(arm => arm.Running > 0) > 1, "both releases ran at once");
        }
        Assert.Equal((Phase.RolledBack, "shop-1"), (_world.Phase, _world.State.Stable!.Release));
        Assert.Equal(1, Assert.Single(_world.Host.Arms).Running);
    }

    [Fact]
    public async Task TwoControlPlanes_TheOlderOneIsDeposed()
    {
        _world.Serving();
        var older = _world.Engine;
        using var newer = new RolloutEngine(_world.Ledger, _world.Host, _world.Hooks, _world.Gates, new NoFailureLogs(), _world.Time, new("test", 2, _ => "", TimeSpan.FromSeconds(10)));
        newer.TakeCharge();
        await newer.StepAsync(default);
        _world.Run(5);
        Assert.NotNull(older.Deposed);
    }

    [Fact]
    public void ShortLossOfContact_IsRenewedInTime()
    {
        _world.Serving().Deploy(strategy: Plans.Canary with { LossOfContact = TimeSpan.FromSeconds(1) });
        var renewals = _world.Host.Renewals;
        _world.Run(3);
        Assert.InRange(_world.Host.Renewals - renewals, 6, 12);
    }

    [Fact]
    public void LostLease_WhilePausedByAPerson_StaysPaused()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Command(new Signal.Pause(World.Alice, "look at the orders"));
        _world.Time.Advance(TimeSpan.FromSeconds(15));
        _world.Host.Live(TimeSpan.FromSeconds(15));
        _world.Run(60);
        Assert.Equal((Phase.Paused, Weight.Zero, "look at the orders"), (_world.Phase, _world.State.Rollout!.Weight, _world.State.Rollout.Reason));
        _world.Command(new Signal.Resume(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void JudgeLatch_WithoutItsReport_StillTakesBack_AndOneOfAnEarlierRolloutDoesNot()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        var seen = _world.Host.Observe() with { Latch = new(99, LatchReason.Judge, "judged bad", _world.Time.Now, 1, false) };
        var own = RolloutMachine.Decide(_world.State, new Signal.Observed(seen), _world.Time.Now).Events;
        Assert.Contains(own, happened => happened is RolloutEvent.AbortStarted);
        var earlier = RolloutMachine.Decide(_world.State, new Signal.Observed(seen with { Rollout = "shop-production-1" }), _world.Time.Now).Events;
        Assert.IsType<RolloutEvent.LatchAcknowledged>(Assert.Single(earlier));
    }

    [Fact]
    public void Recreate_WhereTheOldReleaseDoesNotComeBack_LetsTheNextOneMendIt()
    {
        var recreate = Plans.Canary with { Kind = StrategyKind.Recreate, ProgressDeadline = TimeSpan.FromSeconds(20) };
        _world.Deploy(strategy: recreate);
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Deploy(Behaviour.Good with { NeverReady = true }, recreate);
        _world.Behave("shop-1", Behaviour.Good with { NeverReady = true });
        _world.Until(world => world.Phase == Phase.Aborting).Run(120);
        Assert.Equal(Phase.Aborting, _world.Phase);
        _world.Deploy(strategy: recreate);
        _world.Until(world => world.State.Stable!.Release == "shop-3");
        Assert.Contains(_world.Engine.Ended, rollout => rollout is { Release: "shop-2", Phase: "Failed" });
    }

    [Fact]
    public async Task Submit_AnotherApplicationsRelease_IsRefused()
    {
        _world.Serving();
        var result = await _world.Engine.SubmitAsync(new("other", "production"), "shop-1", World.Alice, null, default);
        Assert.Equal("release-unknown", result.Refusal!.Id);
    }

    [Fact]
    public async Task Submit_WhereRolloutIdsWouldCollide_IsRefused()
    {
        var environment = Plans.Environment() with { Name = "eu-production" };
        var engine = _world.Engine;
        await engine.CreateReleaseAsync("shop", null, Plans.Artifacts(1, environment), [environment], World.Alice, default);
        await engine.CreateReleaseAsync("shop-eu", null, Plans.Artifacts(1, environment), [Plans.Environment()], World.Alice, default);
        Assert.True((await engine.SubmitAsync(new("shop", "eu-production"), "shop-1", World.Alice, null, default)).Accepted);
        Assert.Equal("track-ambiguous", (await engine.SubmitAsync(new("shop-eu", "production"), "shop-eu-1", World.Alice, null, default)).Refusal!.Id);
    }

    [Fact]
    public void Commands_WithoutARollout_AreRefusedWithAReason()
    {
        _world.Serving();
        _world.Command(new Signal.Advance(World.Alice, null));
        Assert.Equal("rollout-ended", _world.Result!.Refusal!.Id);
        _world.Rollback();
        Assert.Equal("rollback-no-release", _world.Result!.Refusal!.Id);
    }
}
