using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>Instances are replaced batch by batch, forward and back, with the full load carried at every moment.</summary>
public sealed class RollingTests : IDisposable
{
    private static readonly ServiceConfiguration s_four = Plans.Web(instances: 4);

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_OneByOne_MovesEachInstanceWithItsShare()
    {
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling, services: s_four);
        _world.Until(world => { CarriesAll(world, 5); return world.Phase == Phase.Succeeded; });
        Assert.Equal(
            [
                "started",
                "capacity-requested", "step-reached", "stable-reduced",
                "capacity-requested", "step-reached", "stable-reduced",
                "capacity-requested", "step-reached", "stable-reduced",
                "capacity-requested", "took-over", "ended",
            ],
            _world.Events.Skip(4));
        Assert.Equal(("shop-2", null), (_world.State.Stable!.Release, _world.State.Warm));
        Assert.Equal(4, Assert.Single(_world.Host.Arms).Ready);
    }

    /// <summary>What the last batch replaced bakes along, as surge allows: a first part of the way back is warm.</summary>
    [Fact]
    public void Baking_TheLastOldInstanceStaysWarm()
    {
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling, services: s_four);
        _world.Until(world => world.Phase == Phase.Baking).Run(5);
        Assert.Equal((1, 4), (Arm("shop-1").Ready, Arm("shop-2").Ready));
        Assert.Equal(Weight.All, Arm("shop-2").Weight);
    }

    [Theory]
    [InlineData(1, 2, new[] { 12, 25, 37, 50, 62, 75, 87 })]
    [InlineData(2, 2, new[] { 25, 50, 75 })]
    [InlineData(3, 2, new[] { 25, 37, 62, 75 })]
    [InlineData(8, 8, new int[0])]
    public void Steps_OfEightInstances_MoveABatchWithTheRoomThatSurgeGives(int batch, int surge, int[] percents)
    {
        var plan = Plans.Plan(2, Plans.Environment(Plans.Rolling with { Rolling = new(batch, null, surge, TimeSpan.FromSeconds(3)) }, services: Plans.Web(instances: 8)));
        var steps = new RollingUpdate(plan, plan).Steps(plan.Configuration.Strategy.Rolling!, pauses: true);
        Assert.Equal(percents, steps.Select(step => (int)(step.Weight.Share * 100)));
        Assert.All(steps, step => Assert.Equal(step.Passes, step.For == TimeSpan.Zero));
        Assert.All(steps, step => Assert.Equal(RollingUpdate.Share(8, step.Weight) % batch != 0, step.Passes));
    }

    [Fact]
    public void Deploy_WithFewerAndWithMoreInstances_NeverHasLessThanTheFullLoad()
    {
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling, services: Plans.Web(instances: 7));
        _world.Until(world => { CarriesAll(world, 8, 7, 4); return world.Phase == Phase.Succeeded; });
        _world.Deploy(strategy: Plans.Rolling, services: Plans.Web(instances: 2));
        _world.Until(world => { CarriesAll(world, 8, 2, 7, "shop-3", "shop-2"); return world.Phase == Phase.Succeeded; });
        Assert.Equal(2, Assert.Single(_world.Host.Arms).Ready);
    }

    [Fact]
    public void JudgedBad_WithStableReduced_FallsAtOnceToWhatStableCarries_ThenFollowsItsCapacity()
    {
        var bad = Behaviour.Good with { BadAfterSeconds = double.PositiveInfinity };
        _world.Serving(s_four).Deploy(bad, Paused(10), services: s_four);
        _world.Until(world => world.State.Rollout!.Step == 2);
        Assert.Equal(Weight.Percent(75), Arm("shop-2").Weight);
        _world.Behave("shop-2", bad with { BadAfterSeconds = 0 });
        _world.Host.Find("shop/production")!.Live(TimeSpan.Zero);
        Assert.Equal(LatchReason.Judge, _world.Host.Latch!.Reason);
        Assert.Equal((Weight.Percent(50), 2), (Arm("shop-2").Weight, Arm("shop-1").Ready));
        _world.Until(world => { CarriesAll(world, 5); return world.Phase == Phase.RolledBack; });
        Assert.Equal(["abort-started", "stepped-back", "stepped-back", "ended"], _world.Events.SkipWhile(name => name != "abort-started"));
        Assert.Equal(4, Assert.Single(_world.Host.Arms).Ready);
    }

    [Fact]
    public void LostContact_WithStableReduced_HoldsAsItIs_AndGoesOnAfterwards()
    {
        _world.Serving(s_four).Deploy(strategy: Paused(10), services: s_four);
        _world.Until(world => world.State.Rollout!.Step == 1);
        for (var second = 0; second < 60; second++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            _world.Host.Live(TimeSpan.FromSeconds(1));
        }
        Assert.Null(_world.Host.Latch);
        Assert.Equal(Weight.Percent(50), Arm("shop-2").Weight);
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.DoesNotContain("fell", _world.Events);
    }

    [Fact]
    public void LostContact_BeforeStableIsReduced_FallsToStable()
    {
        _world.Serving(s_four).Deploy(strategy: Paused(1000), services: s_four);
        _world.Until(world => world.Phase == Phase.Progressing);
        for (var second = 0; second < 15; second++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            _world.Host.Live(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(LatchReason.Lease, _world.Host.Latch!.Reason);
        Assert.Equal(Weight.Zero, Arm("shop-2").Weight);
        _world.Until(world => world.Events.Contains("fell")).Until(world => world.Phase == Phase.Progressing);
    }

    [Fact]
    public void HostRestart_WithStableReduced_HoldsAsItIs()
    {
        _world.Serving(s_four).Deploy(strategy: Paused(10), services: s_four);
        _world.Until(world => world.State.Rollout!.Step == 1);
        _world.Host.Restart();
        Assert.Null(_world.Host.Latch);
        Assert.Equal(Weight.Percent(50), Arm("shop-2").Weight);
    }

    [Fact]
    public void Batch_WaitsForTheDrainOfWhatItReplaced()
    {
        _world.Host.DrainSeconds = 20;
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling with { Rolling = new(2, null, 2, TimeSpan.Zero) }, services: s_four);
        _world.Until(world => { CarriesAll(world, 6); return world.Phase == Phase.Succeeded; }, 300);
    }

    [Fact]
    public void ReadyNoMore_BeforeStableIsReduced_IsTakenBackAtTheDeadline()
    {
        _world.Serving(s_four).Deploy(strategy: Paused(5) with { ProgressDeadline = TimeSpan.FromSeconds(20) }, services: s_four);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Behave("shop-2", Behaviour.Good with { NeverReady = true, FlapPerSecond = 1000 });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains("did not stay ready", _world.State.Rollout!.Reason);
        Assert.DoesNotContain("stable-reduced", _world.Events);
    }

    [Fact]
    public void Batches_ThatWaitForEvidence_WaitForIt()
    {
        var strategy = Plans.Rolling with { Analysis = Plans.Analysis with { MaxStepTime = TimeSpan.FromSeconds(30) } };
        _world.Serving(s_four).Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity }, strategy, services: s_four);
        _world.Run(60);
        Assert.Equal((Phase.Paused, 0), (_world.Phase, _world.State.Rollout!.Step));
    }

    [Fact]
    public void ManualPause_WaitsAfterEachBatch()
    {
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling with { Rolling = new(2, null, 1, TimeSpan.Zero, ManualPause: true) }, services: s_four);
        _world.Until(world => world.Phase == Phase.Paused);
        Assert.Equal(Weight.Percent(50), _world.State.Rollout!.Weight);
        _world.Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    /// <summary>Nobody gave a rollback a batch of its own, and the machine has no more memory than before.</summary>
    [Fact]
    public void Rollback_RollsToo()
    {
        _world.Serving(s_four).Deploy(strategy: Plans.Rolling, services: s_four);
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Deploy(strategy: Plans.Rolling, services: s_four);
        _world.Until(world => world.Phase == Phase.Succeeded && world.State.Stable!.Release == "shop-3");
        _world.Rollback("shop-2");
        _world.Until(world => { CarriesAll(world, 5, now: "shop-2", before: "shop-3"); return world.Phase == Phase.Succeeded; });
        Assert.Equal("shop-2", _world.State.Stable!.Release);
    }

    [Fact]
    public void Workers_AreReplacedInTheSameBatches()
    {
        var worker = Plans.Web("worker", 2) with { Kind = ServiceKind.Worker, Listen = null };
        _world.Serving(s_four, worker).Deploy(strategy: Paused(10), services: [s_four, worker]);
        _world.Until(world => world.State.Rollout!.Step == 1).Run(1);
        Assert.Equal(["shop-1 1", "shop-2 1"], Workers());
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal(["shop-2 2"], Workers());
    }

    [Fact]
    public void WorkerThatIsStartedAgainAndAgain_IsTakenBack()
    {
        var worker = Plans.Web("worker", 2) with { Kind = ServiceKind.Worker, Listen = null };
        _world.Serving(worker).Deploy(Behaviour.Good with { StartSeconds = 0.1 }, Paused(30), services: worker);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Behave("shop-2", Behaviour.Good with { StartSeconds = 0.1, CrashPerSecond = 0.4 });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Matches("started again|keep failing", _world.State.Rollout!.Reason);
    }

    [Fact]
    public void StableThatDoesNotComeBack_HaltsWithTheShareThatIsHeld_AndAPersonMayGoOn()
    {
        _world.Serving(s_four).Deploy(strategy: Paused(10) with { ProgressDeadline = TimeSpan.FromSeconds(30) }, services: s_four);
        _world.Until(world => world.State.Rollout!.Step == 2);
        _world.Behave("shop-1", Behaviour.Good with { StartSeconds = 100_000 });
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Halted);
        Assert.Contains("too few ready instances", _world.State.Rollout!.Reason);
        Assert.Equal(Weight.Percent(50), Arm("shop-2").Weight);
        _world.Command(new Signal.Advance(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Succeeded, 300);
        Assert.Equal("shop-2", _world.State.Stable!.Release);
    }

    private static Strategy Paused(double seconds) => Plans.Rolling with { Rolling = new(1, null, 1, TimeSpan.FromSeconds(seconds)) };

    private SimulatedArm Arm(string release) => _world.Host.Arms.First(arm => arm.Revision == release);

    private IEnumerable<string> Workers() => _world.Host.Find("shop/production")!.Table!.Services.Single(service => service.Service == "worker")
        .Arms.Where(arm => arm.Instances > 0).Select(arm => $"{arm.Revision} {arm.Instances}").Order();

    /// <summary>At every moment: enough is ready, no more than is allowed runs, and no instance carries more than its share.</summary>
    private static void CarriesAll(World world, int most, int newInstances = 4, int oldInstances = 4, string now = "shop-2", string before = "shop-1")
    {
        var (next, old) = (world.Host.Arms.FirstOrDefault(arm => arm.Revision == now), world.Host.Arms.FirstOrDefault(arm => arm.Revision == before));
        if (next is null || old is null) return;
        var (carriedNow, carriedBefore) = ((double)next.Ready / newInstances, (double)old.Ready / oldInstances);
        Assert.True(carriedNow + carriedBefore > 0.999, $"{next.Ready} and {old.Ready} are ready: {string.Join(", ", world.Events)}");
        Assert.True(next.Running + old.Running <= most, $"{next.Running} and {old.Running} run: {string.Join(", ", world.Events)}");
        Assert.True(next.Weight.Share <= carriedNow + 1e-4 && old.Weight.Share <= carriedBefore + 2e-4, $"{next.Ready} carry {next.Weight}, {old.Ready} carry {old.Weight}");
    }
}
