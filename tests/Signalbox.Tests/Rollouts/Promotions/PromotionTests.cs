using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;
using static Signalbox.Tests.Rollouts.Promotions.PathWorld;

namespace Signalbox.Tests.Rollouts.Promotions;

public sealed class PromotionTests : IDisposable
{
    private readonly PathWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Environment_AcceptsOnlyWhatSucceededInTheOneBefore()
    {
        var release = _world.Release();
        AssertRefused(_world.Submit(release, Production), "gate-not-promoted", $"signalbox release promote {release} --to staging");
        AssertRefused(_world.Submit(release, Staging), "gate-not-promoted", $"signalbox release promote {release} --to dev");
        Assert.True(_world.Submit(release, Dev).Accepted);
        AssertRefused(_world.Submit(release, Staging), "gate-still-going-out", "signalbox rollouts watch shop-dev-1");
        _world.Until(world => world.State(Dev)!.Active is null, 0);
        _world.Succeed(Staging, release);
        _world.Succeed(Production, release);
    }

    [Fact]
    public void WhatWasTakenBack_DoesNotGoOn()
    {
        _world.Succeed(Dev);
        var bad = _world.Release(Behaviour.Good with { BadAfterSeconds = 1 });
        _world.Submit(bad, Dev);
        _world.Until(world => world.State(Dev)!.Rollout!.Phase == Phase.RolledBack, 0);
        AssertRefused(_world.Submit(bad, Staging), "gate-not-succeeded", "--override");
    }

    [Fact]
    public void WhatAPersonWentBackFrom_DoesNotGoOn()
    {
        _world.Succeed(Dev);
        var second = _world.Succeed(Dev);
        Assert.True(_world.Rollback(Dev).Accepted);
        _world.Until(world => world.Serves(Dev) == "shop-1", 0);
        AssertRefused(_world.Submit(second, Staging), "gate-not-succeeded", "went back to shop-1");
        Assert.True(_world.Submit("shop-1", Staging).Accepted);
    }

    [Fact]
    public void AfterItsTime_GoesOnByItself()
    {
        _world.After(Staging, 20);
        _world.After(Production, 30);
        var release = _world.Succeed(Dev);
        Assert.Equal((PromotionPhase.Soaking, release), (_world.Promotion(Staging).Phase, _world.Promotion(Staging).Release));
        _world.Run(18);
        Assert.Null(_world.State(Staging));
        _world.Until(world => world.Serves(Staging) == release, 0, 20);
        Assert.Equal(PromotionPhase.Level, _world.Promotion(Staging).Phase);
        _world.Until(world => world.Serves(Production) == release, 0);
        var started = Assert.Single(_world.Events(Production).OfType<RolloutEvent.Started>());
        Assert.Equal((Principal.Promoter, "promoted from staging after 30s by policy"), (started.Principal, started.Reason));
    }

    /// <summary>What goes on by itself was begun by a person: further on they are not the second one.</summary>
    [Fact]
    public void WhoeverBeganIt_IsKnownAsFarAsItGoesByItself()
    {
        _world.After(Staging, 20);
        _world.After(Production, 20);
        var release = _world.Succeed(Dev);
        _world.Until(world => world.Serves(Production) == release, 0);
        var asked = _world.Gates.Asked.Last(question => question.Track == Key(Production));
        Assert.Equal(Principal.Promoter, asked.Submitter);
        Assert.Equal(["alice"], asked.Path!.Standings.Single(standing => standing.Environment == Staging).Starters!);
    }

    [Fact]
    public void Restart_KeepsTheTime()
    {
        _world.After(Staging, 20);
        var release = _world.Succeed(Dev);
        _world.Run(15);
        _world.RestartEngine();
        _world.Run(3);
        Assert.Null(_world.State(Staging));
        _world.Until(world => world.State(Staging)?.Rollout?.Release == release, 0, 5);
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(60, false)]
    [InlineData(-60, true)]
    [InlineData(60, true)]
    public void WallClockThatIsSet_MakesItNeitherShorterNorLonger(int minutes, bool whileDown)
    {
        _world.After(Staging, 20);
        _world.Succeed(Dev);
        _world.Run(5);
        _world.Time.Set(TimeSpan.FromMinutes(minutes));
        if (whileDown) _world.RestartEngine();
        _world.Run(12);
        Assert.Null(_world.State(Staging));
        _world.Until(world => world.State(Staging) is not null, 0, 6);
    }

    [Fact]
    public void ANewerRelease_TakesThePlaceOfTheOneThatWaits()
    {
        _world.After(Staging, 20);
        var first = _world.Succeed(Dev);
        _world.Run(5);
        var second = _world.Succeed(Dev);
        _world.Until(world => world.Serves(Staging) is not null, 0);
        Assert.Equal(second, _world.Serves(Staging));
        Assert.DoesNotContain(_world.Events(Staging).OfType<RolloutEvent.Started>(), started => started.Plan.Release == first);
    }

    [Fact]
    public void GatesThatDeny_HoldItVisibly_AndTheirYesLetsItGo()
    {
        _world.After(Staging, 10, NeedsApproval);
        var release = _world.Succeed(Dev);
        _world.Until(world => world.Promotion(Staging).Phase == PromotionPhase.Waiting, 0);
        Assert.Contains("the gates hold it: approval: 0 of 1 approvals", _world.Promotion(Staging).Because);
        _world.Run(90);
        // said once, not each time it was asked
        Assert.Single(_world.Written, written => written.Entry.Stream == Key(Staging).ToString() && written.Entry.Type == GateEvents.DecidedType);
        _world.After(Staging, 10);
        _world.Until(world => world.Serves(Staging) == release, 0);
    }

    [Fact]
    public void WhatFailedThere_IsNotTriedAgainByItself()
    {
        _world.After(Staging, 5);
        var release = _world.Succeed(Dev);
        _world.Until(world => world.State(Staging)?.Active is not null, 0);
        _world.Abort(Staging);
        _world.Run(60);
        Assert.Single(_world.Events(Staging).OfType<RolloutEvent.Started>());
        Assert.Equal(PromotionPhase.Held, _world.Promotion(Staging).Phase);
        Assert.True(_world.Submit(release, Staging).Accepted);
    }

    [Fact]
    public void AnOlderRelease_NeverReplacesANewerOne()
    {
        var first = _world.Succeed(Dev);
        var hotfix = _world.Release(null, Staging);
        _world.Succeed(Staging, hotfix);
        _world.After(Staging, 5);
        // the newest release says the path: one that has all of it
        var third = _world.Release();
        _world.Run(30);
        Assert.Equal((first, hotfix, PromotionPhase.Ahead), (_world.Serves(Dev), _world.Serves(Staging), _world.Promotion(Staging).Phase));
        _world.Succeed(Dev, third);
        _world.Until(world => world.Serves(Staging) == third, 0);
    }

    [Fact]
    public void WhileAnotherGoesOut_ItWaitsAndTakesNothingBack()
    {
        _world.Succeed(Dev);
        _world.Succeed(Staging, "shop-1");
        _world.After(Staging, 5);
        var slow = _world.Succeed(Dev);
        _world.Submit(slow, Staging);
        var next = _world.Succeed(Dev);
        _world.Until(world => world.Serves(Staging) == next, 0);
        Assert.DoesNotContain(_world.Events(Staging), happened => happened is RolloutEvent.AbortStarted);
    }

    /// <summary>What was gone back from is told by the order of deployments, not by the numbers of releases.</summary>
    [Fact]
    public void AnOlderReleaseThatWasGoneBackFrom_DoesNotGoOn()
    {
        var first = _world.Succeed(Dev);
        var second = _world.Succeed(Dev);
        _world.Succeed(Dev, first);
        Assert.True(_world.Rollback(Dev).Accepted);
        _world.Until(world => world.Serves(Dev) == second, 0);
        AssertRefused(_world.Submit(first, Staging), "gate-not-succeeded", $"went back to {second}");
    }

    [Fact]
    public async Task RollbackOverSeveral_LeavesAllOfThem()
    {
        var first = _world.Succeed(Dev);
        var second = _world.Succeed(Dev);
        _world.Succeed(Dev);
        Assert.True((await _world.Engine.RollbackAsync(Key(Dev), first, Alice, null, TestContext.Current.CancellationToken)).Accepted);
        _world.Until(world => world.Serves(Dev) == first, 0);
        AssertRefused(_world.Submit(second, Staging), "gate-not-succeeded", $"went back to {first}");
    }

    /// <summary>A full disk must not make a policy's own commands run five times a second.</summary>
    [Fact]
    public void GatesThatCannotBeGathered_AreAskedEachHalfMinute()
    {
        _world.Succeed(Dev);
        _world.Gates.Fault = new IOException("no space left on device");
        _world.After(Staging, 1);
        var asked = _world.Gates.Asked.Count;
        _world.Run(20);
        Assert.Equal(1, _world.Gates.Asked.Count - asked);
        _world.Gates.Fault = null;
        _world.Until(world => world.Serves(Staging) == "shop-1", 0);
    }

    /// <summary>The newest release's file says the path; one whose own file has it the other way round is left to a person.</summary>
    [Fact]
    public void ReleaseWhoseOwnFileTurnsThePathAround_IsLeftToAPerson()
    {
        var first = _world.Release(null, Production, Staging);
        _world.After(Production, 5);
        _world.Gates.Policies[Staging] = Policy.Default with { Gates = [new(GateTable.Promotion, GateMode.Off, new Dictionary<string, IReadOnlyList<string>>())] };
        _world.Succeed(Staging, first);
        _world.Release(null, Staging, Production);
        _world.Run(40);
        Assert.Equal(PromotionPhase.ByHand, _world.Promotion(Production).Phase);
        Assert.Contains("itself does not come here from staging", _world.Promotion(Production).Because);
        Assert.Null(_world.State(Production));
    }

    /// <summary>Where nobody has said yet how long, time counts all the same.</summary>
    [Fact]
    public void ClockThatIsSetBeforeThePolicyIs_MovesTheTimeAlong()
    {
        _world.Succeed(Dev);
        _world.Run(5);
        _world.Time.Set(TimeSpan.FromMinutes(60));
        _world.Run(2);
        _world.After(Staging, 20);
        _world.Run(8);
        Assert.Null(_world.State(Staging));
        _world.Until(world => world.State(Staging) is not null, 0, 10);
    }

    /// <summary>An environment's policy that leaves promotion to a person is not overridden by an application's own.</summary>
    [Theory]
    [InlineData(null, 300, null)]
    [InlineData(86400, 300, 86400)]
    [InlineData(300, null, null)]
    [InlineData(300, 60, 300)]
    public void Terms_AreTheStricterOfAllLayers(int? environment, int? application, int? expected)
    {
        PolicyLayer Layer(int? after) => new("policy", null, Policy.Default with { Promote = after is { } seconds ? new(TimeSpan.FromSeconds(seconds)) : null });
        Assert.Equal(expected, PromotionTerms.Of([Layer(environment), Layer(application)]).After?.TotalSeconds);
    }

    private static void AssertRefused(CommandResult result, string id, string help)
    {
        Assert.False(result.Accepted);
        var line = Assert.Single(result.Gates!.Results.Where(gate => gate.Stops).SelectMany(gate => gate.Lines), line => line.Id == id);
        Assert.Contains(help, $"{line.Text} {line.Help}");
    }
}
