using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Dora;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Dora;

/// <summary>A story whose numbers were worked out by hand.</summary>
public sealed class DoraReportTests
{
    private static readonly DateTimeOffset s_start = Story.Start;

    private static DoraView Of(DoraFacts facts, double days = 10, DateTimeOffset? to = null, string? application = "shop") =>
        DoraReport.Of(facts, new(application, "production", (to ?? s_start.AddDays(10)) - TimeSpan.FromDays(days), to ?? s_start.AddDays(10)), "0:0");

    private static DoraKeyView Key(DoraView view, string key) => view.Keys.Single(one => one.Key == key);

    private static Story NewStory() => new(time => new MemoryLedgerStore(time));

    /// <summary>
    /// Day 0: shop-1 goes out (30 min after its commit). Day 1: shop-2 with two new changes (60 and 90 min), and serves.
    /// Day 2: shop-3 is taken back by the judge 2 min after its first user. Day 3: shop-4 takes over (10 min after its commit),
    /// and 100 min later a person goes back to shop-2, which takes 2 min. Day 4: an incident is opened 60 min after shop-5 took
    /// over (20 min after its commit); shop-6 goes out while it is open (5 min after its commit) and it is resolved after 40 min.
    /// </summary>
    private static Story Told()
    {
        var story = NewStory();
        story.At(s_start).Release("shop", "shop-1", "aaaaaaa1", s_start.AddMinutes(-25)).Began("shop", "shop-1", null);
        story.After(5).TookOver("shop").Ended("shop", Phase.Succeeded);
        var two = s_start.AddDays(1);
        story.At(two).Release("shop", "shop-2", "aaaaaaa3", two.AddMinutes(-55), new EarlierCommit("aaaaaaa2", two.AddMinutes(-85)), new EarlierCommit("aaaaaaa1", s_start.AddMinutes(-25))).Began("shop", "shop-2", "shop-1");
        story.After(1).Stepped("shop").After(4).TookOver("shop", 10_000, 3).Ended("shop", Phase.Succeeded);
        story.At(s_start.AddDays(2)).Release("shop", "shop-3", "aaaaaaa4", story.Now).Began("shop", "shop-3", "shop-2");
        story.After(1).Stepped("shop", 1000, 9).After(1.75).AbortStarted("shop").After(0.25).Ended("shop", Phase.RolledBack);
        var four = s_start.AddDays(3);
        story.At(four).Release("shop", "shop-4", "aaaaaaa5", four.AddMinutes(-8)).Began("shop", "shop-4", "shop-2");
        story.After(2).TookOver("shop").Ended("shop", Phase.Succeeded);
        story.Principal = "alice";
        story.After(100).Began("shop", "shop-2", "shop-4", RolloutKind.Rollback);
        story.After(2).TookOver("shop").Ended("shop", Phase.Succeeded);
        story.Principal = "ci:trial";
        var five = s_start.AddDays(4);
        story.At(five).Release("shop", "shop-5", "aaaaaaa6", five.AddMinutes(-20)).Began("shop", "shop-5", "shop-2");
        story.TookOver("shop").Ended("shop", Phase.Succeeded);
        story.After(60).Reported(Incident(ReportedKind.IncidentOpened, "i-1", story.Now));
        story.After(20).Release("shop", "shop-6", "aaaaaaa7", story.Now.AddMinutes(-5)).Began("shop", "shop-6", "shop-5");
        story.TookOver("shop").Ended("shop", Phase.Succeeded);
        story.After(20).Reported(Incident(ReportedKind.IncidentResolved, "i-2", story.Now));
        return story;
    }

    private static ReportedEvent Incident(ReportedKind kind, string id, DateTimeOffset at) =>
        new("/monitoring", id, "dev.cdevents.incident.detected.0.3.0", kind, at, "incident-7", "shop", "production", null, Digest.Of([1]));

    [Fact]
    public void Keys_OfTheStory_AreWhatAPersonWorksOut()
    {
        var view = Of(Told().Facts);

        // 5 took over and stayed (shop-1, 2, 4, 5, 6) in 10 days, for the ledger begins when the window does
        Assert.Equal(5, Key(view, "deploymentFrequency").Numerator);
        Assert.Equal(0.5, Key(view, "deploymentFrequency").Value!.Value, 9);
        // 30, 60 and 90 min (shop-1, shop-2), 10 (shop-4), 20 (shop-5), 5 (shop-6): the middle two are 20 and 30
        Assert.Equal(6, Key(view, "changeLeadTime").Numerator);
        Assert.Equal(25 * 60, Key(view, "changeLeadTime").Value!.Value, 3);
        // shop-3 (taken back), shop-4 (rolled back later), shop-5 (an incident) of six
        Assert.Equal((3d, 6d, 0.5), (Key(view, "changeFailureRate").Numerator, Key(view, "changeFailureRate").Denominator, Key(view, "changeFailureRate").Value));
        // 2 min, 102 min and 40 min
        Assert.Equal((3d, 3d, 40 * 60d), (Key(view, "failedDeploymentRecoveryTime").Numerator, Key(view, "failedDeploymentRecoveryTime").Denominator, Key(view, "failedDeploymentRecoveryTime").Value));
        // the rollback and shop-6 of seven
        Assert.Equal((2d, 7d), (Key(view, "deploymentReworkRate").Numerator, Key(view, "deploymentReworkRate").Denominator));
        Assert.Equal([false, true, false, true, null], view.Keys.Select(key => key.Target?.Met));
    }

    [Fact]
    public void Canary_ThatAPersonAborts_CountsWhatItAnsweredBadly()
    {
        var story = NewStory();
        story.At(s_start).Release("shop", "shop-2", "aaaaaaa2", s_start).Began("shop", "shop-2", "shop-1");
        story.After(1).Stepped("shop").After(1).AbortStarted("shop", 10_000, 300).Ended("shop", Phase.RolledBack);
        Assert.Equal((9_700, 10_000), Of(story.Facts).Principles.SelectMany(principle => principle.Parts).Where(part => part.Name == "answered well").Select(part => (part.Numerator, part.Denominator)).Single());
    }

    [Fact]
    public void Trend_OfTheStory_HasWeeksThatEndWithTheWindow()
    {
        var trend = Key(Of(Told().Facts), "changeFailureRate").Trend;

        Assert.Equal([(s_start, s_start.AddDays(3)), (s_start.AddDays(3), s_start.AddDays(10))], trend.Select(week => (week.From, week.To)));
        Assert.Equal([(1d, 3d), (2d, 3d)], trend.Select(week => (week.Numerator, week.Denominator)));
    }

    [Fact]
    public void Principles_OfTheStory_AreWhatAPersonWorksOut()
    {
        var view = Of(Told().Facts);
        var parts = view.Principles.SelectMany(principle => principle.Parts).ToDictionary(part => part.Name, part => (part.Numerator, part.Denominator));

        Assert.Equal((6, 6), parts["begun by code"]);
        Assert.Equal((0, 6), parts["supply chain"]);
        Assert.Equal((11_000 - 12, 11_000), parts["answered well"]);
        Assert.Equal((1, 1), parts["rolled back under 30 s"]);
        Assert.Equal((0, 0), parts["feedback under 15 min"]);
        Assert.Null(view.Principles[^1].Share);
    }

    [Fact]
    public void Principles_FromTheGates_CountWhatTheySaidLast()
    {
        string[] chain = [GateTable.Signature, GateTable.Provenance, GateTable.Sbom, GateTable.Secrets, GateTable.Vulnerabilities, GateTable.Alerts];
        var story = NewStory();
        story.Decided("shop", "shop-1", GateVerdict.Deny, (GateTable.Sbom, GateVerdict.Deny, "signalbox evidence add"), (GateTable.Secrets, GateVerdict.Deny, null));
        story.After(1).Decided("shop", "shop-1", GateVerdict.Allow, [.. chain.Select(gate => (gate, GateVerdict.Allow, (string?)null))]).Began("shop", "shop-1", null);
        story.Reported(Pipeline(ReportedKind.PipelineStarted, "1", story.Now)).After(14.9).Reported(Pipeline(ReportedKind.PipelineFinished, "2", story.Now));

        var parts = Of(story.Facts).Principles.SelectMany(principle => principle.Parts).ToDictionary(part => part.Name, part => (part.Numerator, part.Denominator));
        Assert.Equal((1, 1), parts["supply chain"]);
        Assert.Equal((1, 1), parts["alerts name an action"]);
        Assert.Equal((1, 2), parts["failures with help"]);
        Assert.Equal((1, 1), parts["feedback under 15 min"]);
    }

    private static ReportedEvent Pipeline(ReportedKind kind, string id, DateTimeOffset at) =>
        new("/ci", id, "dev.cdevents.pipelinerun.started.0.3.0", kind, at, "run-1", "shop", null, null, Digest.Of([1]));

    [Fact]
    public void Window_HasItsFirstInstantAndNotItsLast()
    {
        var story = NewStory();
        story.Began("shop", "shop-1", null);
        story.After(60).TookOver("shop").Ended("shop", Phase.Succeeded);
        var (facts, took) = (story.Facts, s_start.AddMinutes(60));

        Assert.Equal(0, Key(Of(facts, 1, took), "deploymentFrequency").Numerator);
        Assert.Equal(1, Key(Of(facts, 1, took.AddTicks(1)), "deploymentFrequency").Numerator);
        Assert.Equal(1, Key(Of(facts, 1, took.AddDays(1)), "deploymentFrequency").Numerator);
        Assert.Equal(0, Key(Of(facts, 1, took.AddDays(1).AddTicks(1)), "deploymentFrequency").Numerator);
    }

    [Fact]
    public void Ledger_WithNothingInIt_HasNoValues()
    {
        var view = Of(DoraFacts.None, 90);

        Assert.All(view.Keys, key => Assert.Null(key.Value));
        Assert.All(view.Principles, principle => Assert.Null(principle.Share));
        Assert.Equal(13, view.Keys[0].Trend.Count);
    }
}
