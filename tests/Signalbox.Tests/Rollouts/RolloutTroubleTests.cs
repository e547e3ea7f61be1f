using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>The engine where the host, the disk or the order of things does not help.</summary>
public sealed class RolloutTroubleTests : IDisposable
{
    private static readonly Hook s_reversible = new(["migrate"], TimeSpan.FromSeconds(60), true);
    private static readonly Hook s_irreversible = s_reversible with { Reversible = false };
    private static readonly Behaviour s_undecided = Behaviour.Good with { EvidenceAfterSeconds = double.PositiveInfinity };

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void IrreversibleHook_StartsOnlyOnceTheHostHolds()
    {
        _world.Serving();
        LoseTheHostWhenAHookIsDue();
        _world.Deploy(pre: s_irreversible);
        _world.Run(3);
        Assert.Equal((Phase.PreHook, WaitingFor.HostConfirmation), (_world.Phase, _world.State.Rollout!.WaitingFor));
        Assert.Empty(_world.Hooks.Ran);
        _world.Host.Down = false;
        _world.Until(world => world.Hooks.Ran.Count > 0);
        Assert.Equal(FailSafeMode.Hold, _world.Host.Table!.FailSafe);
        Assert.Equal(["started", "hook-requested", "hook-started"], _world.Events.Skip(4));
    }

    [Fact]
    public void PostHook_WhereTheHostIsAway_DoesNotRun()
    {
        _world.Serving().Deploy(post: s_reversible);
        LoseTheHostWhenAHookIsDue();
        _world.Until(world => world.Phase == Phase.PostHook).Run(3);
        Assert.Empty(_world.Hooks.Ran);
        _world.Host.Down = false;
        _world.Until(world => world.Hooks.Ran.Count == 1);
        Assert.Equal("hook-started", _world.Events[^1]);
    }

    [Fact]
    public void HookThatIsDue_AfterARestartOfTheControlPlane_StillRunsOnce()
    {
        _world.Serving();
        LoseTheHostWhenAHookIsDue();
        _world.Deploy(pre: s_irreversible);
        _world.Run(1);
        _world.RestartEngine();
        _world.Host.Down = false;
        _world.Until(world => world.Hooks.Ran.Count == 1);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void HookThatIsDue_WhenTheHostRefusesItsTable_GoesBackByItself_ForItHasNotRun()
    {
        _world.Serving();
        LoseTheHostWhenAHookIsDue();
        _world.Deploy(pre: s_irreversible);
        var refused = RolloutMachine.Decide(_world.State, new Signal.Refused(PutResult.ArtifactMissing, "it was not sent"), _world.Time.Now);
        Assert.IsType<RolloutEvent.AbortStarted>(Assert.Single(refused.Events));
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

    private void LoseTheHostWhenAHookIsDue() => _world.Engine.Appended += entry =>
    {
        if (entry.Type == "rollout.hook-requested/1") _world.Host.Down = true;
    };
}
