using CsCheck;
using Signalbox.Delivery;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class HealthStateTests
{
    private static readonly HealthCheck Check = new(
        "/", false, null, Seconds(1), Seconds(1), StartWithin: Seconds(10), UnhealthyAfter: 3, RestartAfter: Seconds(20));

    private static readonly ProbeResult Bad = ProbeResult.Bad("no");

    [Fact]
    public void Starting_FailsUntilStartWithin_GivesUp()
    {
        var state = new HealthState(Check, wasReady: false);
        Assert.Equal(HealthStep.Stay, state.Observe(Bad, Seconds(9.9)));
        Assert.Equal(HealthStep.GiveUp, state.Observe(Bad, Seconds(10)));
        Assert.Equal(("start-timeout", "not ready within 10 s: no"), (state.Kind, state.Message));
    }

    [Fact]
    public void Ready_FailsInARow_BecomesUnreadyThenGivesUp()
    {
        var state = new HealthState(Check, wasReady: false);
        Assert.Equal(HealthStep.BecomeReady, state.Observe(ProbeResult.Ok, Seconds(1)));
        Assert.Equal([HealthStep.Stay, HealthStep.Stay, HealthStep.BecomeUnready], Enumerable.Range(2, 3).Select(s => state.Observe(Bad, Seconds(s))));
        Assert.Equal(HealthStep.Stay, state.Observe(Bad, Seconds(23.9)));
        Assert.Equal(HealthStep.GiveUp, state.Observe(Bad, Seconds(24)));
        Assert.Equal("unhealthy", state.Kind);
    }

    [Fact]
    public void Adopted_HadBeenReady_IsNotAStartAnyMore()
    {
        var state = new HealthState(Check, wasReady: true);
        Assert.Equal(HealthStep.Stay, state.Observe(Bad, Seconds(15)));
        Assert.Equal(HealthStep.BecomeReady, state.Observe(ProbeResult.Ok, Seconds(16)));
    }

    [Fact]
    public void Foreign_IsGivenUpAtOnce()
    {
        var state = new HealthState(Check, wasReady: false);
        Assert.Equal(HealthStep.Stay, state.Observe(ProbeResult.Unknown, Seconds(0)));
        Assert.Equal(HealthStep.GiveUp, state.Observe(new(ProbeOutcome.Foreign, "x"), Seconds(0)));
        Assert.Equal("listener-foreign", state.Kind);
    }

    [Fact]
    public void AnyHistory_ReadyOnlyWhileNoThreeFailuresFollowASuccess() =>
        Gen.Bool.Array[1, 60].Sample(history =>
        {
            var state = new HealthState(Check with { StartWithin = Seconds(1000), RestartAfter = Seconds(1000) }, wasReady: false);
            var bad = int.MaxValue;
            for (var i = 0; i < history.Length; i++)
            {
                state.Observe(history[i] ? ProbeResult.Ok : Bad, Seconds(i));
                bad = history[i] ? 0 : bad == int.MaxValue ? bad : bad + 1;
                Assert.Equal(bad < 3, state.Ready);
            }
        });

    [Fact]
    public void Backoff_DoublesToTheMostAndResets()
    {
        var backoff = new Backoff(Seconds(0.25), Seconds(30), Seconds(60), () => 0);
        var waits = Enumerable.Range(0, 9).Select(_ => backoff.Next(TimeSpan.Zero).TotalSeconds);
        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30], waits);
        Assert.Equal(0.25, backoff.Next(Seconds(60)).TotalSeconds);
        Assert.Equal(0.2, new Backoff(Seconds(0.25), Seconds(30), Seconds(60), () => 1).Next(default).TotalSeconds, 9);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
