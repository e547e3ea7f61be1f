using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>Hooks: when they start, what their end leads to, and what cannot go back.</summary>
public sealed class RolloutHookTests : IDisposable
{
    private static readonly Hook s_reversible = new(["migrate"], TimeSpan.FromSeconds(60), true);
    private static readonly Hook s_irreversible = s_reversible with { Reversible = false };

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void IrreversibleHook_HaltsInsteadOfGoingBack()
    {
        _world.Serving().Deploy(Behaviour.Good with { BadAfterSeconds = 5 }, pre: s_irreversible);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Halted);
        Assert.Equal(Weight.Percent(10), _world.State.Rollout!.Weight);
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
    }

    [Fact]
    public void IrreversibleHook_HaltedThenForced_GoesThroughWithoutEvidence()
    {
        _world.Serving().Deploy(Behaviour.Good with { BadAfterSeconds = 5 }, pre: s_irreversible);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Halted);
        _world.Command(new Signal.Advance(World.Alice, "the errors are known"));
        _world.Until(world => world.Phase == Phase.Succeeded);
    }

    [Fact]
    public void Hooks_RunInOrder_AndAFailedPreHookStartsNothing()
    {
        _world.Serving().Deploy(pre: s_reversible, post: s_reversible);
        Assert.Equal(Phase.PreHook, _world.Phase);
        Assert.DoesNotContain(_world.Host.Arms, arm => arm.Revision == "shop-2" && arm.Running > 0);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.PostHook);
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Deploy(pre: s_reversible);
        _world.Hooks.End(false);
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal(["pre", "post", "pre"], _world.Hooks.Ran);
    }

    [Fact]
    public void Hook_InterruptedByARestart_IsNeverTakenForDone()
    {
        _world.Serving().Deploy(pre: s_reversible);
        _world.RestartEngine();
        _world.Until(world => world.Phase == Phase.RolledBack);
    }

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
    public void Verdict_WhileAReversibleHookRuns_CutsItOffAndSaysSo()
    {
        RunPostHook(s_reversible);
        _world.Behave("shop-2", Behaviour.Good with { BadAfterSeconds = 0 });
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal("hook-ended", _world.Events.SkipWhile(name => name != "judged").ElementAt(1));
        Assert.DoesNotContain(_world.Engine.Ended, view => view is { Release: "shop-2", Phase: "Succeeded" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verdict_WhileAnIrreversibleHookRuns_LetsItRunOutAndThenHalts(bool succeeds)
    {
        RunPostHook(s_irreversible);
        _world.Behave("shop-2", Behaviour.Good with { BadAfterSeconds = 0 });
        _world.Until(world => world.Events.Contains("judged")).Run(5);
        Assert.Equal(Phase.PostHook, _world.Phase);
        _world.Hooks.End(succeeds);
        _world.Until(world => world.Phase == Phase.Halted);
        Assert.Single(_world.Events, name => name == "judged");
        Assert.Contains(succeeds ? "the judge took it back" : "hook failed", _world.State.Rollout!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedTable_WhileAnIrreversibleHookRuns_LetsItRunOut()
    {
        RunPostHook(s_irreversible);
        Assert.Empty(RolloutMachine.Decide(_world.State, new Signal.Refused(PutResult.InvalidTable, "no"), _world.Time.Now).Events);
    }

    [Fact]
    public void Abort_WhileAReversibleHookRuns_CutsItOffAndSaysSo()
    {
        RunPostHook(s_reversible);
        _world.Command(new Signal.Abort(World.Alice, "prices are wrong"));
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Equal(["hook-started", "hook-ended", "abort-started"], _world.Events.SkipWhile(name => name != "hook-started").Take(3));
        Assert.Contains("cut off: prices are wrong", Ended(), StringComparison.Ordinal);
    }

    [Fact]
    public void NewerRelease_WhileAReversibleHookRuns_CutsItOffAndSaysSo()
    {
        RunPostHook(s_reversible);
        _world.Deploy();
        _world.Until(world => world.State.Rollout!.Release == "shop-3");
        Assert.Contains("cut off: superseded by shop-3", Ended(), StringComparison.Ordinal);
    }

    [Fact]
    public void StableSubmitted_WhileAReversibleHookRuns_CutsItOffAndSaysSo()
    {
        RunPostHook(s_reversible);
        _world.Submit("shop-1");
        _world.Until(world => world.Phase == Phase.RolledBack);
        Assert.Contains("cut off: superseded by shop-1", Ended(), StringComparison.Ordinal);
    }

    [Fact]
    public void Abort_WhileAnIrreversibleHookRuns_CutsItOffAndHalts_AndOnlyASecondOneGoesBack()
    {
        RunPostHook(s_irreversible);
        _world.Command(new Signal.Abort(World.Alice, "it hangs"));
        Assert.True(_world.Result!.Accepted);
        _world.Run(5);
        Assert.Equal(Phase.Halted, _world.Phase);
        Assert.Contains("it hangs", _world.State.Rollout!.Reason, StringComparison.Ordinal);
        Assert.Contains("cut off: it hangs", Ended(), StringComparison.Ordinal);
        Assert.Equal(Weight.All, _world.Host.Arms.Single(arm => arm.Revision == "shop-2").Weight);
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
    }

    [Fact]
    public void NewerRelease_WhileAnIrreversibleHookRuns_WaitsForItsEnd()
    {
        RunPostHook(s_irreversible);
        _world.Deploy();
        _world.Run(5);
        Assert.Equal((Phase.PostHook, "shop-3"), (_world.Phase, _world.State.Queued!.Plan.Release));
        _world.Hooks.End(true);
        _world.Until(world => world.State is { Active: null, Stable.Release: "shop-3" });
    }

    [Fact]
    public void HaltedCheck_Advanced_GoesOnWithThePreview()
    {
        _world.Serving().Deploy(strategy: Plans.BlueGreen with { BlueGreen = Plans.BlueGreen.BlueGreen! with { Check = s_reversible } }, pre: s_irreversible);
        _world.Hooks.End(true);
        _world.Until(world => world.Hooks.Ran.Count == 2);
        _world.Hooks.End(false);
        _world.Until(world => world.Phase == Phase.Halted);
        _world.Command(new Signal.Advance(World.Alice, "the check is wrong"));
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal(["pre", "check"], _world.Hooks.Ran);
    }

    private string Ended() => System.Text.Encoding.UTF8.GetString(
        _world.Ledger.Read(0, 1000, World.Track.ToString()).Last(entry => entry.Type == "rollout.hook-ended/1").Data.Span);

    private void RunPostHook(Hook post)
    {
        _world.Serving().Deploy(post: post);
        _world.Until(world => world.Hooks.Ran.Count == 1);
    }

    private void LoseTheHostWhenAHookIsDue() => _world.Engine.Appended += entry =>
    {
        if (entry.Type == "rollout.hook-requested/1") _world.Host.Down = true;
    };
}
