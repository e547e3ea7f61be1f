using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tables;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Tables;

/// <summary>Runs by a schedule: one at a time, by the release that is asked to.</summary>
public sealed class CronTests : IAsyncDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CronSchedule s_everyMinute = new("* * * * *");

    private readonly string _state = Directory.CreateTempSubdirectory("sbx-cron").FullName;
    private readonly FakeInstances _instances = new();
    private readonly Lock _gate = new();
    private readonly RoutedService _service;
    private long _generation;

    public CronTests()
    {
        _instances.NeverReady.UnionWith(["shop-1", "shop-2"]);
        var parts = new HostParts(
            _instances, new Listeners(TimeProvider.System, NullLoggerFactory.Instance), new TrackStore(_state, path => new SlotFile(path)), new JudgeFiles(_state, TimeProvider.System),
            new ObservationHub(TimeProvider.System), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        _service = new("shop/production", Table(), parts, _gate);
        Take(("shop-1", 1));
    }

    public async ValueTask DisposeAsync()
    {
        _service.Dispose();
        await _instances.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }

    private IEnumerable<string> Running => _instances.All.Select(instance => instance.Spec.Revision).Order();

    [Fact]
    public void Runs_WhenItIsDue_AndNotBefore()
    {
        At(0);
        At(59);
        Assert.Empty(Running);
        At(60);
        Assert.Equal(["shop-1"], Running);
        Assert.Equal(ServiceKind.Cron, _instances.All.Single().Spec.Kind);
    }

    [Fact]
    public async Task DueWhileARunGoesOn_IsLeftOut()
    {
        At(0);
        At(60);
        At(120);
        Assert.Equal(["shop-1"], Running);
        await EndAsync(null);
        At(180);
        Assert.Equal(["shop-1"], Running);
        Assert.Equal(2, _instances.Stopped.Count + _instances.All.Count());
    }

    [Fact]
    public void TimesThatWereMissed_AreMadeUpForByOneRunAtMost()
    {
        At(0);
        At(3600);
        At(3601);
        Assert.Equal(["shop-1"], Running);
        At(3660);
        Assert.Equal(["shop-1"], Running);
    }

    [Fact]
    public async Task FailedRuns_AreCountedUntilOneSucceeds()
    {
        At(0);
        for (var run = 1; run <= 3; run++)
        {
            At(60 * run);
            await EndAsync(new("exited", "it exited with code 1", 1, s_noon, ["boom"]));
            Assert.Equal((0, 1, run, "exited"), Seen());
        }
        At(240);
        await EndAsync(null);
        Assert.Equal((1, 1, 0, null), Seen());
    }

    /// <summary>The release that takes over runs it from then on; a run that has begun goes on to its end, or as long as drain allows.</summary>
    [Fact]
    public async Task Switch_LetsTheRunUnderWayEnd_AndNeverRunsTwo()
    {
        At(0);
        At(60);
        Take(("shop-1", 0), ("shop-2", 1));
        At(120);
        Assert.Equal(["shop-1"], Running);
        await EndAsync(null);
        await Eventually.Async(() => _instances.Stopped.Contains("shop-1"), "the old run has ended");
        At(180);
        Assert.Equal(["shop-2"], Running);
    }

    [Fact]
    public async Task Drain_EndsARunThatTakesTooLong()
    {
        Take(Table() with { DrainTimeout = TimeSpan.FromMilliseconds(50) }, Arm("shop-1", 1));
        At(0);
        At(60);
        Take(("shop-2", 1));
        await Eventually.Async(() => _instances.Stopped.Contains("shop-1"), "stopped");
    }

    /// <summary>Before it takes over, a release that makes a worker of the cron does not make one of stable's command.</summary>
    [Fact]
    public void StablesCron_StaysOne_WhileTheNewReleaseIsAWorker()
    {
        Take(Table() with { Kind = ServiceKind.Worker, Schedule = null }, Arm("shop-1", 1) with { Kind = ServiceKind.Cron, Schedule = s_everyMinute }, Arm("shop-2", 0));
        At(0);
        Assert.Empty(Running);
        At(60);
        Assert.Equal(["shop-1"], Running);
        Assert.Equal(ServiceKind.Cron, _instances.All.Single().Spec.Kind);
    }

    /// <summary>Stable's worker is started again where it ended, and is not run by the new release's schedule.</summary>
    [Fact]
    public async Task StablesWorker_StaysOne_WhileTheNewReleaseIsACron()
    {
        Take(Table() with { Kind = ServiceKind.Worker, Schedule = null }, Arm("shop-1", 1));
        var asWorker = Arm("shop-1", 1) with { Kind = ServiceKind.Worker };
        Take(Table(), asWorker, Arm("shop-2", 0));
        await EndAsync(new("exited", "it exited with code 1", 1, s_noon, ["boom"]));
        At(0);
        At(60);
        Assert.Equal(["shop-1"], Running);
        Assert.Equal(ServiceKind.Worker, _instances.All.Single().Spec.Kind);
        Assert.Equal((0, 1), (Seen().Ready, Seen().Desired));
    }

    /// <summary>Instances that go on beside a cron, warm or on their way out, are no runs of it.</summary>
    [Fact]
    public void Warm_WebInstances_KeepNoRunFromBeginning()
    {
        Take(Table() with { Kind = ServiceKind.Worker, Schedule = null }, Arm("shop-1", 1));
        Take(Table() with { Stable = "shop-2" }, Arm("shop-1", 1) with { Kind = ServiceKind.Worker }, Arm("shop-2", 1));
        At(0);
        At(60);
        Assert.Equal(["shop-1", "shop-2"], Running);
    }

    [Fact]
    public void ReleaseInCharge_RunsByItsOwnSchedule()
    {
        Take(Table() with { Schedule = s_everyMinute }, Arm("shop-1", 1) with { Schedule = new("30 * * * *") }, Arm("shop-2", 0));
        At(0);
        At(60);
        Assert.Empty(Running);
        At(1800);
        Assert.Equal(["shop-1"], Running);
    }

    /// <summary>A clock that was a year ahead has let one run begin too early; once it is set right, the schedule goes on from there.</summary>
    [Fact]
    public async Task ClockThatWasAhead_DoesNotStopTheSchedule()
    {
        At(0);
        At(365 * 86400);
        Assert.Equal(["shop-1"], Running);
        await EndAsync(null);
        At(10);
        Assert.Empty(Running);
        // what was due then has run, too early
        At(60);
        Assert.Empty(Running);
        At(120);
        Assert.Equal(["shop-1"], Running);
    }

    [Fact]
    public async Task ClockSetBack_DoesNotRunTheLastTimeTwice()
    {
        At(0);
        At(60);
        await EndAsync(null);
        At(119);
        At(58);
        At(60);
        Assert.Empty(Running);
        At(120);
        Assert.Equal(["shop-1"], Running);
    }

    private (int Ready, int Desired, int Restarts, string? Failure) Seen()
    {
        var arm = _service.Observe().Arms.First(arm => arm.Revision == "shop-1");
        return (arm.Ready, arm.Desired, arm.Restarts, arm.Failure?.Kind);
    }

    private void At(double seconds)
    {
        lock (_gate) _service.RunIfDue(s_noon.AddSeconds(seconds));
    }

    private async Task EndAsync(InstanceFailure? failure)
    {
        var run = _instances.All.Single();
        run.Become(run.Status with { Phase = InstancePhase.Exited, Failure = failure });
        lock (_gate) _service.Refresh(run);
        await Eventually.Async(() => !_instances.All.Contains(run), "the run is forgotten");
        Task stopped;
        lock (_gate) stopped = _service.Stopped;
        await stopped.WaitAsync(TestContext.Current.CancellationToken);
    }

    private void Take(params (string Revision, int Instances)[] arms) => Take(Table(), [.. arms.Select(arm => Arm(arm.Revision, arm.Instances))]);

    private static ArmTable Arm(string revision, int instances) => HostRig.Arm(revision, instances, Weight.Zero);

    private void Take(ServiceTable table, params ArmTable[] arms)
    {
        lock (_gate)
        {
            var prepared = _service.Prepare(table with { Arms = arms }, default, ++_generation);
            prepared.Swap();
            prepared.Settle();
            prepared.Scale();
        }
    }

    private static ServiceTable Table() => new(
        "nightly", ServiceKind.Cron, null, null, null, "shop-1", [], TimeSpan.FromMinutes(1), null, null, s_everyMinute);
}
