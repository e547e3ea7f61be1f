using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>The engine where the host, the disk or the order of things does not help.</summary>
public sealed class RolloutTroubleTests : IDisposable
{
    private static readonly Hook s_irreversible = new(["migrate"], TimeSpan.FromSeconds(60), false);
    private static readonly Behaviour s_undecided = Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity };

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Abort_WithAFullDisk_FallsAllTheSame()
    {
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity });
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Ledger.DiskFull = true;
        _world.Command(new Signal.Abort(World.Alice, null));
        Assert.Equal((true, false), (_world.Result!.Accepted, _world.Result.Recorded));
        Assert.Equal(Weight.Zero, _world.Host.Arms.Single(arm => arm.Revision == "shop-2").Weight);
        _world.Ledger.DiskFull = false;
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains(_world.Ledger.Read(0, 1000), entry => entry.Type == "rollout.abort-started/1" && entry.Principal == World.Alice);
    }

    [Fact]
    public void Abort_WhereTheHostRefusesToFall_IsRecordedAllTheSame()
    {
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity });
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Host.RefusesToFall = true;
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
    }

    [Fact]
    public void QueuedRelease_ThatANewerOneReplaces_IsRecordedAsDropped()
    {
        _world.Serving().Deploy(Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity }, pre: s_irreversible);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Deploy();
        _world.Deploy();
        Assert.Equal(["queued", "queue-dropped", "queued"], _world.Events.SkipWhile(name => name != "queued"));
    }

    [Fact]
    public void QueuedRollout_CanBeWithdrawn_AndIsRememberedAsSuch()
    {
        _world.Serving().Deploy(s_undecided, pre: s_irreversible);
        _world.Until(world => world.Hooks.Ran.Count == 1);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Progressing).Deploy();
        var waiting = _world.State.Queued!.Rollout;
        _world.CommandOn(waiting, new Signal.Pause(World.Alice, null));
        Assert.Equal("rollout-queued", _world.Result!.Refusal!.Id);
        _world.CommandOn(waiting, new Signal.Abort(World.Alice, "not this one"));
        Assert.Equal((true, waiting), (_world.Result!.Accepted, _world.Result.Rollout));
        Assert.Null(_world.State.Queued);
        Assert.Equal("queue-dropped", _world.Events[^1]);
        _world.RestartEngine();
        var withdrawn = Assert.Single(_world.Engine.Ended, view => view.Id == waiting);
        Assert.Equal(("Withdrawn", "not this one"), (withdrawn.Phase, withdrawn.Reason));
        Assert.NotNull(withdrawn.EndedAt);
        _world.CommandOn(waiting, new Signal.Abort(World.Alice, null));
        Assert.Equal("rollout-ended", _world.Result!.Refusal!.Id);
    }

    [Fact]
    public void SameReleaseSubmittedTwice_WaitsOnce()
    {
        _world.Serving().Deploy(s_undecided, pre: s_irreversible);
        _world.Until(world => world.Hooks.Ran.Count == 1);
        _world.Hooks.End(true);
        var release = _world.Until(world => world.Phase == Phase.Progressing).Deploy();
        _world.Submit(release);
        Assert.Equal("rollout-already-queued", _world.Result!.Refusal!.Id);
    }

    [Fact]
    public void QueuedRollout_WhosePredecessorHasEnded_GivesWayToANewerOne()
    {
        LoseTheHostBetweenEndedAndStarted();
        var waiting = TrackViews.Queued(_world.State);
        Assert.Equal((nameof(WaitingFor.Host), "the host to answer"), (waiting.WaitingFor, waiting.WaitingText));
        _world.Submit(_world.State.Queued!.Plan.Release);
        Assert.Equal("rollout-already-queued", _world.Result!.Refusal!.Id);
        var newest = _world.Deploy();
        Assert.Equal(["queue-dropped", "started"], _world.Events.SkipWhile(name => name != "ended").SkipWhile(name => name != "queue-dropped").Take(2));
        _world.Host.Down = false;
        _world.Until(world => world.Phase == Phase.Succeeded).Run(5);
        Assert.Equal(newest, _world.State.Stable!.Release);
        Assert.Null(_world.State.Queued);
    }

    [Fact]
    public void QueuedRollout_WhosePredecessorHasEnded_GivesWayToARollback()
    {
        LoseTheHostBetweenEndedAndStarted();
        _world.Rollback();
        Assert.True(_world.Result!.Accepted);
        _world.Host.Down = false;
        _world.Until(world => world.Phase == Phase.Succeeded).Run(5);
        Assert.Equal(("shop-1", null), (_world.State.Stable!.Release, _world.State.Queued));
    }

    [Fact]
    public void SecondRollback_DoesNotUndoTheFirst()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.State.Stable!.Release == "shop-2");
        _world.Host.Down = true;
        _world.Engine.LoseHost("the stream broke");
        _world.Rollback();
        var rollback = _world.Result!.Rollout!;
        _world.Rollback();
        Assert.Equal("rollback-already-active", _world.Result!.Refusal!.Id);
        _world.Rollback("shop-2");
        Assert.Equal((true, rollback), (_world.Result!.Accepted, _world.Result.Rollout));
        Assert.Equal("shop-2", TrackViews.Rollout(World.Track, _world.State.Rollout!, null, _ => []).GoesBackTo);
    }

    /// <summary>shop-1, shop-2 serve in turn; shop-3 is taken back for shop-4, which waits as the host goes away.</summary>
    private void LoseTheHostBetweenEndedAndStarted()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.State.Stable!.Release == "shop-2").Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        void Lose(LedgerEntry entry)
        {
            if (entry.Type != "rollout.ended/1") return;
            _world.Host.Down = true;
            _world.Engine.LoseHost("the stream broke");
        }
        _world.Engine.Appended += Lose;
        _world.Deploy();
        _world.Until(world => world.State is { Active: null, Queued: not null });
        _world.Engine.Appended -= Lose;
    }

    [Fact]
    public void Supersede_WithAFullDisk_LowersTheCanaryAllTheSame()
    {
        _world.Serving().Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        var newer = _world.Release();
        _world.Ledger.DiskFull = true;
        _world.Submit(newer);
        Assert.Equal((false, "ledger-not-written"), (_world.Result!.Accepted, _world.Result.Refusal!.Id));
        Assert.Contains("is down already", _world.Result.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Weight.Zero, _world.Host.Arms.Single(arm => arm.Revision == "shop-2").Weight);
        _world.Ledger.DiskFull = false;
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains(_world.Ledger.Read(0, 1000), entry => entry.Type == "rollout.abort-started/1" && entry.Principal == World.Alice);
    }

    [Fact]
    public void RollbackTo_WithAFullDisk_LowersTheCanaryAllTheSame()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.State.Stable!.Release == "shop-2").Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Ledger.DiskFull = true;
        _world.Rollback("shop-1");
        Assert.False(_world.Result!.Recorded);
        Assert.Equal(Weight.Zero, _world.Host.Arms.Single(arm => arm.Revision == "shop-3").Weight);
    }

    [Fact]
    public void Abort_WhileStableIsLost_LeavesTheCanaryItsTrafficUntilStableIsBack()
    {
        _world.Serving().Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Behave("shop-1", Behaviour.Good with { FlapPerSecond = 1000 });
        _world.Run(1);
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.Halted);
        Assert.Equal(WaitingFor.StableReady, _world.State.Rollout!.WaitingFor);
        Assert.Equal(Weight.All, _world.Host.Arms.Single(arm => arm.Revision == "shop-2").Weight);

        _world.Behave("shop-1", Behaviour.Good);
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal(Weight.All, _world.Host.Arms.Single(arm => arm.Revision == "shop-1").Weight);
    }

    [Fact]
    public void Abort_OfWhatFellForLackOfContact_IsNotStartedOver()
    {
        _world.Serving().Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        foreach (var track in _world.Host.Tracks) track.Fall(LatchReason.Lease, "the lease ran out");
        foreach (var track in _world.Host.Tracks) track.Fall(LatchReason.Operator, "it hurts", principal: "alice");
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.DoesNotContain("fell", _world.Events);
    }

    [Fact]
    public void AppendThatFailsAfterItsCommit_IsTakenForWhatItIs()
    {
        _world.Serving().Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Ledger.FailsAfterCommit = true;
        _world.Command(new Signal.Pause(World.Alice, null));
        Assert.True(_world.Result!.Recorded);
        Assert.Single(_world.Events, name => name == "paused");
        _world.Run(1);
        Assert.Null(_world.Engine.Deposed);
    }

    [Fact]
    public void AppendOfUnknownFate_IsSettledOnceTheLedgerCanBeRead_AndNothingIsWrittenTwice()
    {
        _world.Serving().Deploy(s_undecided);
        _world.Until(world => world.Phase == Phase.Progressing);
        (_world.Ledger.FailsAfterCommit, _world.Ledger.CannotBeRead) = (true, true);
        _world.Command(new Signal.Pause(World.Alice, null));
        Assert.Contains("not known", _world.Result!.Refusal!.Message, StringComparison.Ordinal);
        _world.Command(new Signal.Abort(World.Alice, null));
        Assert.Equal((true, false), (_world.Result!.Accepted, _world.Result.Recorded));
        (_world.Ledger.FailsAfterCommit, _world.Ledger.CannotBeRead) = (false, false);
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Null(_world.Engine.Deposed);
        Assert.Single(_world.Events, name => name == "paused");
    }

    [Fact]
    public void LostHost_DecidesNothingOnWhatWasSeenBefore()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Starting || world.Phase == Phase.Progressing);
        _world.Until(world => world.Phase == Phase.Progressing).Run(10);
        var before = _world.Events.Count;
        _world.Engine.LoseHost("the host closed its stream");
        Assert.Null(_world.Engine.Tracks.Single().Observation);
        _world.Host.Down = true;
        _world.Command(new Signal.Advance(World.Alice, null));
        Assert.Equal(["overridden"], _world.Events.Skip(before));
    }
}
