using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>Which release there is to go back to, and what becomes of one whose artifact the host has no more.</summary>
public sealed class WaysBackTests : IDisposable
{
    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>The judge counts no more once it is taken back: what users met until then is in the ledger, and in DORA's numbers.</summary>
    [Theory]
    [InlineData(StrategyKind.Canary, Phase.Progressing)]
    [InlineData(StrategyKind.BlueGreen, Phase.Baking)]
    public void Abort_ByAPerson_RecordsWhatWasCountedUntilThen(StrategyKind kind, Phase phase)
    {
        _world.Serving().Deploy(strategy: kind == StrategyKind.BlueGreen ? Plans.BlueGreen : Plans.Canary);
        _world.Until(world => world.Phase == phase).Run(5);
        _world.Command(new Signal.Abort(World.Alice, null));
        _world.Until(world => world.Phase == Phase.RolledBack);
        var abort = _world.Ledger.Read(0, 1000, World.Track.ToString()).Select(RolloutEvents.FromEntry).OfType<RolloutEvent.AbortStarted>().Single();
        var counted = abort.Evidence!["web"];
        Assert.True(counted.CanaryRequests > 0);
        var book = new Signalbox.Dora.DoraBook();
        book.Replay(_world.Ledger);
        Assert.Equal(counted.CanaryRequests + counted.StableRequests, book.Facts.Deployments[^1].Traffic["web"].Requests);
    }

    /// <summary>A dialog that stood open names what served when it was opened.</summary>
    [Fact]
    public void Rollback_OfWhatServesNoMore_IsRefused()
    {
        Served("shop-1", "shop-2");
        Assert.Equal("rollback-of-another", GoBackFrom("shop-1").Refusal!.Id);
        _world.Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        Assert.Contains("shop-production-3 goes on", GoBackFrom("shop-2").Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal(Phase.Progressing, _world.Phase);
        _world.Until(world => world.Phase == Phase.Succeeded);
        Assert.True(GoBackFrom("shop-3").Accepted);
    }

    private CommandResult GoBackFrom(string release) => _world.Engine.RollbackAsync(World.Track, null, World.Alice, null, TestContext.Current.CancellationToken, release).GetAwaiter().GetResult();

    [Fact]
    public void Rollback_AgainAndAgain_NeverReturnsToWhatWasLeft()
    {
        Served("shop-1", "shop-2", "shop-3");
        GoBackTo("shop-2");
        GoBackTo("shop-1");
        _world.Rollback();
        Assert.Equal("rollback-no-release", _world.Result!.Refusal!.Id);
        Assert.Contains("signalbox rollback --to shop-3", _world.Result.Refusal.Help, StringComparison.Ordinal);
        Assert.Equal("shop-1", _world.Run(5).State.Stable!.Release);
    }

    [Fact]
    public void Rollback_ByName_LeavesAllThatCameAfterIt()
    {
        Served("shop-1", "shop-2", "shop-3");
        GoBackTo("shop-1", named: true);
        _world.Rollback();
        Assert.Equal("rollback-no-release", _world.Result!.Refusal!.Id);
    }

    [Fact]
    public void Rollback_ByName_ToWhatWasLeft_BringsItBack_AndTheWayFromThereIsOpen()
    {
        Served("shop-1", "shop-2");
        GoBackTo("shop-1");
        GoBackTo("shop-2", named: true);
        GoBackTo("shop-1");
    }

    [Fact]
    public void Rollback_AfterALaterRelease_SkipsWhatWasLeftBefore()
    {
        Served("shop-1", "shop-2");
        GoBackTo("shop-1");
        Served("shop-3");
        GoBackTo("shop-1");
    }

    [Fact]
    public void Rollback_NeverChoosesWhatTheJudgeTookBackSince()
    {
        Served("shop-1", "shop-2", "shop-3");
        _world.Behave("shop-2", Behaviour.Good with { BadAfterSeconds = 5 });
        _world.Submit("shop-2");
        _world.Until(world => world.Phase == Phase.RolledBack);
        GoBackTo("shop-1");
    }

    [Fact]
    public void Rollback_WhereTheHostHasTheArtifactNoMore_IsRefusedBeforeAnythingBegins()
    {
        Served("shop-1", "shop-2", "shop-3");
        _world.Lose("shop-1");
        _world.Rollback("shop-1");
        Assert.Equal("artifact-missing", _world.Result!.Refusal!.Id);
        Assert.Contains("signalbox deploy", _world.Result.Refusal.Help, StringComparison.Ordinal);
        Assert.Equal(("shop-3", (string?)null), (_world.State.Stable!.Release, _world.State.Active?.Id));
    }

    [Fact]
    public void Submit_WhereTheHostHasTheArtifactNoMore_TakesNothingBackForIt()
    {
        _world.Serving();
        var lost = _world.Release();
        _world.Deploy();
        _world.Until(world => world.Phase == Phase.Progressing);
        _world.Lose(lost);
        _world.Submit(lost);
        Assert.Equal("artifact-missing", _world.Result!.Refusal!.Id);
        Assert.Equal(Phase.Progressing, _world.Phase);
    }

    [Fact]
    public void ArtifactLost_AfterItsRolloutBegan_EndsTakenBack_ThoughTheHostNeverHasItAgain()
    {
        _world.Serving().Deploy(pre: new(["migrate"], TimeSpan.FromSeconds(60), true));
        _world.Lose("shop-2");
        _world.Hooks.End(true);
        _world.Until(world => world.Phase == Phase.RolledBack, 30);
        Assert.Equal(Weight.All, Assert.Single(_world.Host.Arms).Weight);
        Served("shop-3");
    }

    [Fact]
    public void ArtifactsOfTheReleasesToGoBackTo_AreNamedToTheHost()
    {
        Served("shop-1", "shop-2", "shop-3", "shop-4");
        _world.Run(700);
        Assert.Null(_world.State.Warm);
        Assert.Equal(_world.Engine.Releases.SelectMany(release => release.Artifacts.Values).ToHashSet(), _world.Host.Table!.Keep!.ToHashSet());
    }

    private void Served(params string[] releases)
    {
        foreach (var release in releases)
        {
            Assert.Equal(release, _world.Deploy());
            _world.Until(world => world.State is { Active: null, Stable.Release: var serving } && serving == release);
        }
    }

    private void GoBackTo(string release, bool named = false)
    {
        _world.Rollback(named ? release : null);
        Assert.Null(_world.Result!.Refusal);
        _world.Until(world => world.State is { Active: null, Stable.Release: var serving } && serving == release);
    }
}
