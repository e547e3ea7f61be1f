using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Dora;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Dora;

/// <summary>Which deployment a failure is charged to, since when it is one, and what mends it.</summary>
public sealed class AttributionTests
{
    private readonly Story _story = new(time => new MemoryLedgerStore(time));
    private int _events;

    private DoraView View => DoraReport.Of(_story.Facts, new("shop", "production", Story.Start, Story.Start.AddDays(20)), "0:0");

    private (double Numerator, double Denominator, double? Value) Key(string key) => View.Keys.Single(one => one.Key == key) is var found ? (found.Numerator, found.Denominator, found.Value) : default;

    private (double Numerator, double Denominator, double? Value) FailureRate => Key("changeFailureRate");

    private (double Numerator, double Denominator, double? Value) RecoveryTime => Key("failedDeploymentRecoveryTime");

    private (double Numerator, double Denominator, double? Value) Rework => Key("deploymentReworkRate");

    private (long Numerator, long Denominator) Part(string name) => View.Principles.SelectMany(principle => principle.Parts).Single(part => part.Name == name) is var found ? ((long)found.Numerator, (long)found.Denominator) : default;

    private Story Serving(string release, string? from)
    {
        _story.Began("shop", release, from);
        return _story.TookOver("shop").Ended("shop", Phase.Succeeded);
    }

    private void Monitor(ReportedKind kind, string? release = null) => Monitor(kind, _story.Now, release);

    private void Monitor(ReportedKind kind, DateTimeOffset at, string? release = null) => _story.Reported(new(
        "/monitoring", $"e-{++_events}", "told", kind, at, "incident-7", "shop", "production", release, Digest.Of([1])));

    /// <param name="startedMinutesAgo">Null where the report does not say when it began.</param>
    private void Pipeline(string release, bool back = false, string? replaces = null, double? startedMinutesAgo = null, DeploymentOutcome outcome = DeploymentOutcome.Succeeded) => _story.Reported(new(
        "/ci", $"e-{++_events}", "told", ReportedKind.Deployed, _story.Now, "shop", "shop", "production", release, Digest.Of([1]))
    {
        IsRollback = back,
        Replaces = replaces,
        StartedAt = startedMinutesAgo is { } ago ? _story.Now.AddMinutes(-ago) : null,
        Outcome = outcome,
    });

    /// <summary>As CDEvents tell of it: what was rolled back is what served.</summary>
    [Fact]
    public void ReportedRollback_ThatSaysNothingElse_ChargesWhatServed()
    {
        Pipeline("1");
        _story.After(60);
        Pipeline("2");
        _story.After(60);
        Pipeline("1", back: true);
        Assert.Equal((1, 2, 0.5), FailureRate);
        Assert.Equal((1, 1, 3600), RecoveryTime);
    }

    [Fact]
    public void RollbackAfterARollback_ChargesWhatThatOneWentBackTo()
    {
        foreach (var release in (string[])["1", "2", "3"])
        {
            Pipeline(release);
            _story.After(60);
        }
        Pipeline("2", back: true);
        _story.After(60);
        Pipeline("1", back: true);
        Assert.Equal((2, 3), (FailureRate.Numerator, FailureRate.Denominator));
        Assert.Equal((2, 2, 2 * 3600), RecoveryTime);
    }

    /// <summary>The incident was seen first and is resolved days later, or never: users were off the release two minutes after.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rollback_EndsTheFailure_WhateverBecomesOfTheIncident(bool resolved)
    {
        Serving("shop-1", null).After(60);
        Serving("shop-2", "shop-1").After(60);
        Monitor(ReportedKind.IncidentOpened);
        _story.After(2).Began("shop", "shop-1", "shop-2", RolloutKind.Rollback);
        _story.TookOver("shop").Ended("shop", Phase.Succeeded).After(60);
        Serving("shop-3", "shop-1").After(3 * 1440);
        if (resolved) Monitor(ReportedKind.IncidentResolved);
        Serving("shop-4", "shop-3");
        Assert.Equal((1, 1, 120), RecoveryTime);
        // the rollback alone
        Assert.Equal((1, 5), (Rework.Numerator, Rework.Denominator));
    }

    [Fact]
    public void IncidentThatNobodyResolves_EndsWithTheNextRelease()
    {
        Serving("shop-1", null).After(10);
        Monitor(ReportedKind.IncidentOpened);
        _story.After(29).Began("shop", "shop-2", "shop-1");
        _story.After(1).TookOver("shop").Ended("shop", Phase.Succeeded).After(60);
        Serving("shop-3", "shop-2");
        Assert.Equal((1, 1, 1800), RecoveryTime);
        Assert.Equal((1, 3), (Rework.Numerator, Rework.Denominator));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("shop-2")]
    public void IncidentWhileACanaryGoesOut_IsTheCanarys(string? named)
    {
        Serving("shop-1", null).After(180).Began("shop", "shop-2", "shop-1");
        _story.Stepped("shop").After(1);
        Monitor(ReportedKind.IncidentOpened, named);
        _story.After(1).AbortStarted("shop").Ended("shop", Phase.RolledBack);
        Assert.Equal((1, 2, 0.5), FailureRate);
        Assert.Equal((1, 1), (RecoveryTime.Numerator, RecoveryTime.Denominator));
    }

    /// <summary>A way back that halts for 20 minutes took 20 minutes.</summary>
    [Fact]
    public void WayBackThatHalted_CountsFromItsFirstWord()
    {
        Serving("shop-1", null).After(60).Began("shop", "shop-2", "shop-1");
        _story.Stepped("shop").After(1).AbortStarted("shop").After(20).AbortStarted("shop").Ended("shop", Phase.RolledBack);
        Assert.Equal((0, 1), Part("rolled back under 30 s"));
    }

    [Fact]
    public void WayBackAfterAPersonLetItGoOn_CountsFromTheWordAfterThat()
    {
        Serving("shop-1", null).After(60).Began("shop", "shop-2", "shop-1");
        _story.Stepped("shop").After(1).AbortStarted("shop").After(20).Happened("shop", new RolloutEvent.Resumed(new("alice"), _story.Now, null));
        _story.After(60).AbortStarted("shop").Ended("shop", Phase.RolledBack);
        Assert.Equal((1, 1), Part("rolled back under 30 s"));
    }

    /// <summary>Events come as they come: the resolution before the word that there is an incident, a second word that says less.</summary>
    [Fact]
    public void IncidentEvents_InAnyOrder_SayTheSame()
    {
        Serving("shop-1", null).After(60);
        Serving("shop-2", "shop-1").After(60);
        var opened = _story.Now;
        Monitor(ReportedKind.IncidentResolved, opened.AddMinutes(10));
        Monitor(ReportedKind.IncidentOpened, opened, "shop-1");
        Monitor(ReportedKind.IncidentOpened, opened.AddMinutes(1));
        var incident = Assert.Single(_story.Facts.Incidents);
        Assert.Equal(("shop-1", opened, opened.AddMinutes(10)), (incident.Release, incident.OpenedAt, incident.ResolvedAt!.Value));
    }

    [Fact]
    public void ReportedTakeBack_OfWhichNobodySaysWhenItBegan_HasNoTime()
    {
        Pipeline("1");
        _story.After(60);
        Pipeline("2", outcome: DeploymentOutcome.TakenBack);
        _story.After(60);
        Pipeline("3", outcome: DeploymentOutcome.TakenBack, startedMinutesAgo: 5);
        Assert.Equal((2, 3), (FailureRate.Numerator, FailureRate.Denominator));
        Assert.Equal((1, 2, 300), RecoveryTime);
    }

    /// <summary>Blue/green and recreate are judged in the bake time alone, which the end tells of.</summary>
    [Fact]
    public void WhatTheJudgeCountedInTheBakeTime_Counts()
    {
        _story.Decided("shop", "shop-1", GateVerdict.Allow).Began("shop", "shop-1", null);
        _story.TookOver("shop").After(5).Happened("shop", new RolloutEvent.Ended(Principal.Engine, _story.Now, Phase.Succeeded, null) { Evidence = Story.Evidence(1000, 4) });
        Assert.Equal((1, 1), Part("in the ledger with metrics"));
        Assert.Equal((996, 1000), Part("answered well"));
    }
}
