using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts;

/// <summary>No rollout begins before its gates allow it, and going back never waits for one.</summary>
public sealed class RolloutGateTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Deploy_Allowed_HasItsDecisionBeforeItInTheLedger()
    {
        _world.Serving();
        Assert.Equal(["gate.decided/1", "started"], AllEvents().Take(2));
        var decided = Decisions().Single();
        Assert.Equal((GateVerdict.Allow, "shop-1", World.Alice.Name), (decided.Verdict, decided.Release, _world.Gates.Asked[0].Submitter.Name));
        Assert.Equal(World.Alice, _world.Gates.Asked[0].Creator);
    }

    [Fact]
    public void Deploy_Denied_StartsNothingAndIsInTheLedger()
    {
        _world.Gates.Layer = ScriptedGates.Denying;
        _world.Deploy();
        Assert.Equal((false, "gate-denied"), (_world.Result!.Accepted, _world.Result.Refusal!.Id));
        Assert.Contains("shop-1 may not go into production: approval denied it", _world.Result.Refusal.Message);
        Assert.Equal("signalbox gates explain shop-1", _world.Result.Refusal.Help);
        Assert.Equal(GateVerdict.Deny, _world.Result.Gates!.Verdict);
        _world.Run(5);
        Assert.Equal(["gate.decided/1"], AllEvents());
        Assert.Empty(_world.Host.Arms);
    }

    [Fact]
    public void Deploy_Undecided_StartsNothing()
    {
        _world.Gates.Layer = ScriptedGates.Unreadable;
        _world.Deploy();
        Assert.Equal((false, "gate-undecided"), (_world.Result!.Accepted, _world.Result.Refusal!.Id));
        Assert.Equal(["gate.decided/1"], AllEvents());
    }

    [Fact]
    public void Deploy_InputsThatCannotBeKept_StartsNothing()
    {
        _world.Gates.Fault = new IOException("no space left on device");
        _world.Deploy();
        Assert.Equal((false, "gate-undecided"), (_world.Result!.Accepted, _world.Result.Refusal!.Id));
        Assert.Empty(AllEvents());
    }

    [Fact]
    public void Denied_WhileAnotherRuns_TakesNothingBack()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Gates.Layer = ScriptedGates.Denying;
        _world.Deploy();
        Assert.False(_world.Result!.Accepted);
        Assert.Equal(Phase.Progressing, _world.Phase);
        Assert.Null(_world.State.Queued);
    }

    [Fact]
    public void Queued_IsAskedAnewWhenItBegins()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Gates.Next.Enqueue(ScriptedGates.Allowing);
        _world.Gates.Next.Enqueue(ScriptedGates.Denying);
        _world.Deploy();
        Assert.True(_world.Result!.Accepted);
        _world.Until(world => world.State.Queued is null).Run(5);
        Assert.Equal(("shop-1", "shop-2"), (_world.State.Stable!.Release, _world.State.Rollout!.Release));
        Assert.Equal([GateVerdict.Allow, GateVerdict.Allow, GateVerdict.Allow, GateVerdict.Deny], Decisions().Select(decided => decided.Verdict));
        Assert.Equal("queue-dropped", _world.Events[^1]);
    }

    [Fact]
    public void Queued_WaitsForTheAnswer()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Gates.HoldFrom = _world.Gates.Asked.Count + 2;
        _world.Deploy();
        _world.Until(world => world.Phase == Phase.RolledBack).Run(5);
        Assert.NotNull(_world.State.Queued);
        _world.Gates.Hold.SetResult();
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal("shop-3", _world.State.Stable!.Release);
    }

    [Fact]
    public void Queued_WhoseInputsCannotBeKept_AsksAgainAfterAPause()
    {
        Queue();
        _world.Gates.Fault = new IOException("no space left on device");
        _world.Gates.Hold.SetResult();
        var asked = _world.Gates.Asked.Count;
        _world.Run(20);
        Assert.Equal(asked, _world.Gates.Asked.Count);
        _world.Run(20);
        Assert.Equal(asked + 1, _world.Gates.Asked.Count);
        _world.Gates.Fault = null;
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal("shop-3", _world.State.Stable!.Release);
    }

    /// <summary>A host that was away when the answer came: hours later it is asked anew.</summary>
    [Fact]
    public void Queued_AnswerOfAnotherHour_BeginsNothing()
    {
        Queue();
        _world.Gates.Hold.SetResult();
        _world.Gates.Layer = ScriptedGates.Denying;
        _world.Time.Advance(TimeSpan.FromHours(2));
        _world.Until(world => world.State.Queued is null).Run(5);
        Assert.Equal(("shop-1", GateVerdict.Deny, "queue-dropped"), (_world.State.Stable!.Release, Decisions()[^1].Verdict, _world.Events[^1]));
    }

    /// <summary>A policy's commands take minutes; a freeze window that begins meanwhile holds.</summary>
    [Fact]
    public void Queued_FreezeThatBeganWhileItWasAsked_Holds()
    {
        var begins = _world.Time.Now.UtcDateTime.AddMinutes(6);
        _world.Gates.Layer = new("policy of the test", null, Policy.Default with { Freeze = [new("night", $"{begins:HH:mm}", $"{begins.AddHours(3):HH:mm}", "UTC")] });
        Queue();
        _world.Run(600);
        _world.Gates.Hold.SetResult();
        _world.Until(world => world.State.Queued is null).Run(5);
        Assert.Equal(("shop-1", GateVerdict.Deny, "queue-dropped"), (_world.State.Stable!.Release, Decisions()[^1].Verdict, _world.Events[^1]));
    }

    /// <summary>shop-3 waits to begin, and its gates are being asked.</summary>
    private void Queue()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Gates.HoldFrom = _world.Gates.Asked.Count + 2;
        _world.Deploy();
        _world.Until(world => world.Phase == Phase.RolledBack).Run(1);
        Assert.NotNull(_world.State.Queued);
    }

    /// <summary>Leases are renewed and other rollouts are driven while a decision is made.</summary>
    [Fact]
    public async Task Queued_DecisionThatTakesItsTime_HoldsNothingUp()
    {
        Queue();
        using var slow = new SlowEvidence();
        _world.Gates.Slow = slow;
        var answering = Task.Run(_world.Gates.Hold.SetResult, TestContext.Current.CancellationToken);
        Assert.True(slow.Begun.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await Task.Run(() => _world.Run(30), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotNull(_world.State.Queued);
        slow.Goes.Set();
        await answering;
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal("shop-3", _world.State.Stable!.Release);
    }

    /// <summary>Evidence that is gone through once it may be.</summary>
    private sealed class SlowEvidence : IReadOnlyList<EvidenceItem>, IDisposable
    {
        public ManualResetEventSlim Begun { get; } = new();

        public ManualResetEventSlim Goes { get; } = new();

        public int Count => 0;

        public EvidenceItem this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<EvidenceItem> GetEnumerator()
        {
            Begun.Set();
            Goes.Wait();
            return Enumerable.Empty<EvidenceItem>().GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public void Dispose()
        {
            Begun.Dispose();
            Goes.Dispose();
        }
    }

    /// <summary>A store that is full: a policy's commands run once in half a minute, not at every turn.</summary>
    [Fact]
    public void Queued_InputsThatCannotBeKept_AreAskedForAgainLater()
    {
        Queue();
        _world.Gates.KeepFault = new IOException("no space left on device");
        _world.Gates.Hold.SetResult();
        var asked = _world.Gates.Asked.Count;
        _world.Run(20);
        Assert.Equal(asked, _world.Gates.Asked.Count);
        Assert.Contains("no space left on device", _world.Engine.LedgerProblem);
        _world.Run(20);
        Assert.Equal(asked + 1, _world.Gates.Asked.Count);
        _world.Gates.KeepFault = null;
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.Equal("shop-3", _world.State.Stable!.Release);
    }

    /// <summary>A freeze window that begins while an answer lies about for some seconds holds.</summary>
    [Fact]
    public void Deploy_JustBeforeAFreeze_IsAllowedAndOneInItIsNot()
    {
        var begins = new DateTime(_world.Time.Now.UtcDateTime.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc).AddMinutes(2);
        _world.Gates.Layer = new("policy of the test", null, Policy.Default with { Freeze = [new("night", $"{begins:HH:mm}", $"{begins.AddHours(3):HH:mm}", "UTC")] });
        var release = _world.Release();
        _world.Time.Advance(begins.AddSeconds(-5) - _world.Time.Now.UtcDateTime);
        _world.Submit(release);
        Assert.True(_world.Result!.Accepted, _world.Result.Refusal?.Message);
        _world.Time.Advance(TimeSpan.FromSeconds(6));
        _world.Submit(_world.Release());
        Assert.Equal("gate-denied", _world.Result!.Refusal!.Id);
    }

    [Fact]
    public void EvidenceThatChangesMeanwhile_IsLookedAtAnew()
    {
        _world.Gates.Stale = 2;
        _world.Serving();
        Assert.Equal(3, _world.Gates.Asked.Count);
        Assert.Single(Decisions());
    }

    [Fact]
    public void EvidenceThatChangesForEver_LetsNothingIn()
    {
        _world.Gates.Stale = int.MaxValue;
        _world.Deploy();
        Assert.Equal("gates-changed", _world.Result!.Refusal!.Id);
        Assert.Empty(AllEvents());
    }

    [Fact]
    public void Rollback_NeverAsks()
    {
        _world.Serving().Deploy();
        _world.Until(world => world.Phase == Phase.Succeeded);
        _world.Gates.Layer = ScriptedGates.Denying;
        var asked = _world.Gates.Asked.Count;
        _world.Rollback();
        _world.Until(world => world.State.Stable!.Release == "shop-1");
        Assert.Equal(asked, _world.Gates.Asked.Count);
    }

    private List<string> AllEvents() => [.. _world.Ledger.Read(0, 1000, World.Track.ToString()).Select(entry => entry.Type.StartsWith("gate", StringComparison.Ordinal) ? entry.Type : entry.Type.Replace("rollout.", "").Replace("/1", ""))];

    private List<GateDecided> Decisions() => [.. _world.Ledger.Read(0, 1000, World.Track.ToString()).Select(GateEvents.FromEntry).OfType<GateDecided>()];
}
