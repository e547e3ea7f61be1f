using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Notifications;
using Signalbox.Rollouts;
using Signalbox.Tests.Dora;

namespace Signalbox.Tests.Notifications;

/// <summary>What people hear of, and in which words.</summary>
public sealed class NotificationFoldTests
{
    private readonly Story _story = new(time => new MemoryLedgerStore(time));

    private List<Notification> Told()
    {
        var fold = new NotificationFold();
        return [.. _story.Ledger.Read(0, 500).Select(fold.Apply).OfType<Notification>()];
    }

    [Fact]
    public void Start_AndSuccess_AreTold_AndNothingInBetween()
    {
        _story.Began("shop", "shop-2", "shop-1");
        _story.After(1).Stepped("shop").TookOver("shop").Ended("shop", Phase.Succeeded);
        Assert.Equal(
            [(NotificationKind.Started, "ci:trial began shop-production-1: shop-2 over shop-1", "watch it: signalbox watch shop-production-1"),
             (NotificationKind.Succeeded, "shop-production-1 succeeded: shop-2 has all traffic", "nothing is to be done")],
            Told().Select(told => (told.Kind, told.What, told.Todo)));
    }

    [Fact]
    public void Rollout_ThatWaitsForAPerson_SaysForWhat()
    {
        var rollout = _story.Began("shop", "shop-2", "shop-1");
        _story.Happened("shop", new RolloutEvent.Paused(Principal.Engine, _story.Now, "the step pauses by hand", WaitingFor.Advance));
        _story.Happened("shop", new RolloutEvent.Halted(Principal.Engine, _story.Now, "the migration cannot go back", WaitingFor.Advance, null));
        var waiting = Told().Where(told => told.Kind == NotificationKind.Waiting).ToList();
        Assert.Equal([$"{rollout} is paused: the step pauses by hand", $"{rollout} has halted: the migration cannot go back"], waiting.Select(told => told.What));
        Assert.All(waiting, told => Assert.Contains("signalbox advance", told.Todo));
        Assert.All(waiting, told => Assert.Equal("devops", told.HandTo));
    }

    [Fact]
    public void Release_ThatLacksOnlyAnApproval_WaitsForAPerson_AndIsHandedToTheGatesOwner()
    {
        _story.GateMode = GateMode.Enforce;
        _story.Decided("shop", "shop-2", GateVerdict.Deny, (GateTable.Approval, GateVerdict.Deny, "signalbox approve shop-2"), (GateTable.Sbom, GateVerdict.Allow, null));
        _story.Decided("shop", "shop-3", GateVerdict.Deny, (GateTable.Approval, GateVerdict.Deny, "signalbox approve shop-3"), (GateTable.Sbom, GateVerdict.Deny, "signalbox evidence add"));
        var told = Assert.Single(Told());
        Assert.Equal((NotificationKind.Waiting, "shop-2", null, "signalbox approve shop-2 --env production"), (told.Kind, told.Release, told.Rollout, told.Todo));
    }

    [Fact]
    public void QueuedRollout_ThatTheGatesDoNotLetBegin_IsTold_AndOneThatAPersonWithdrewIsNot()
    {
        _story.GateMode = GateMode.Enforce;
        var plan = new ReleasePlan("shop-3", new("production", "local", Rollouts.Plans.Canary, []), new Dictionary<string, Signalbox.Delivery.Digest>());
        _story.Happened("shop", new RolloutEvent.Queued(new("ci:trial"), _story.Now, "shop-production-3", plan, RolloutKind.Deploy, null));
        _story.Happened("shop", new RolloutEvent.QueueDropped(new("alice"), _story.Now, "shop-production-3", "withdrawn by alice"));
        Assert.Empty(Told());
        _story.Happened("shop", new RolloutEvent.Queued(new("ci:trial"), _story.Now, "shop-production-4", plan, RolloutKind.Deploy, null));
        _story.Decided("shop", "shop-3", GateVerdict.Deny, (GateTable.Sbom, GateVerdict.Deny, "signalbox evidence add"));
        _story.Happened("shop", new RolloutEvent.QueueDropped(Principal.Engine, _story.Now, "shop-production-4", "shop-3 may not go into production: sbom denied it"));
        Assert.Equal(
            (NotificationKind.Failed, "shop-production-4 was not begun: shop-3 may not go into production: sbom denied it", "see what it lacks: signalbox gates explain shop-3"),
            Assert.Single(Told().Select(told => (told.Kind, told.What, told.Todo))));
    }

    [Fact]
    public void Link_OfWhatHasNoRollout_LeadsToTheEnvironment()
    {
        _story.GateMode = GateMode.Enforce;
        _story.Decided("shop", "shop-2", GateVerdict.Deny, (GateTable.Approval, GateVerdict.Deny, null));
        var mail = NotificationBodies.Mail(Told()[0], new("https://signalbox.example.com", null, []));
        Assert.Contains("Page: https://signalbox.example.com/#/shop/production\n", mail);
        Assert.Contains("Runbook: https://signalbox.example.com/#/shop/production/runbooks\n", mail);
        Assert.DoesNotContain("Page:", NotificationBodies.Mail(Told()[0], NotifySettings.None));
    }
}
