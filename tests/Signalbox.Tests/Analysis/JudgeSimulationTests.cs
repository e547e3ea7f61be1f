using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class JudgeSimulationTests
{
    private static int Falls(SimulatedService service, int runs, int seconds)
    {
        var simulated = new SimulatedRun(service, JudgeSimulation.DefaultPlan, new HistoryPool(1, 4));
        var falls = 0;
        Parallel.For(0, runs, i => { if (simulated.Run((ulong)i * 7919, seconds).Fell) Interlocked.Increment(ref falls); });
        return falls;
    }

    [Fact]
    public void HealthyReleases_AreLeftAlone()
    {
        Assert.Equal(0, Falls(new("clean", 10), 20, 120));
        Assert.Equal(0, Falls(new("bursts", 100, Clumping: Clumping.Together), 20, 120));
        Assert.Equal(0, Falls(new("one client", 10, Client: Client.AlwaysFailing), 20, 120));
        Assert.Equal(0, Falls(new("slow for its first seconds", 100, ColdStart: true), 20, 120));
        Assert.Equal(0, Falls(new("slow for its first seconds, seldom asked", 10, Cold: true, ColdStart: true), 20, 120));
        Assert.Equal(0, Falls(new("flood", 10, Client: Client.Flooding), 20, 120));
    }

    [Fact]
    public void BrokenReleases_AreTakenBack()
    {
        Assert.Equal(20, Falls(new("outage", 10, CanaryBad: 1), 20, 5));
        Assert.Equal(20, Falls(new("cold outage", 10, CanaryBad: 1, Cold: true), 20, 5));
        Assert.Equal(20, Falls(new("hangs", 10, Hangs: true), 20, 15));
        Assert.Equal(20, Falls(new("hidden by a flood", 10, CanaryBad: 0.3, Client: Client.Flooding), 20, 60));
        Assert.Equal(20, Falls(new("slow", 100, SlowFactor: 5), 20, 60));
    }

    [Fact]
    public void Run_IsDeterministic_AndPrintsATable()
    {
        var options = new SimulationOptions(Runs: 2, Seconds: 20);
        var text = JudgeSimulation.Run(options).ToText();
        Assert.Equal(text, JudgeSimulation.Run(options).ToText());
        Assert.Contains("Flagger 1m, 99 %, threshold 5", text, StringComparison.Ordinal);
    }
}
