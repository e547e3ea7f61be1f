using CsCheck;
using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class StableHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static StableHistory Hour(int burst, int seconds = 3600)
    {
        var history = new StableHistory();
        var random = new SimulatedRandom(5);
        for (var s = 0; s < seconds; s++)
        {
            var bad = random.Unit() < 0.1 / burst ? burst : 0;
            history.Add(Start.AddSeconds(s), new ArmSample { Requests = 90, Bad = bad, Latency = new LatencyCount[] { new(40, 50), new(60, 39), new(80, 1) } });
        }
        history.Add(Start.AddSeconds(seconds), ArmSample.Empty);
        return history;
    }

    [Fact]
    public void Freeze_WithAnHour_MeasuresDispersionAndThresholds()
    {
        var clean = Hour(1).Freeze(JudgeSimulation.DefaultPlan, null);
        Assert.InRange(clean.Dispersions[0], 1, 1.5);
        Assert.True(clean.Settled);
        Assert.Equal([40, 60, 80, 80], clean.Thresholds!);
        Assert.InRange(clean.Rates[0], 0.0008, 0.0014);
        // the cap lets three of a burst of five count, so that is the size that matters
        Assert.InRange(Hour(5).Freeze(JudgeSimulation.DefaultPlan, null).Dispersions[0], 2.2, 4.5);
    }

    [Fact]
    public void Freeze_WithLittleHistory_AssumesTwo()
    {
        var little = Hour(1, 200).Freeze(JudgeSimulation.DefaultPlan, null);
        Assert.Equal(2, little.Dispersions[0]);
        Assert.StartsWith("little history", little.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Load_KeepsWhatTheJudgeReads()
    {
        var history = Hour(5);
        var now = Start.AddSeconds(3600);
        var loaded = StableHistory.Load(history.Save(), now);
        var (a, b) = (history.Freeze(JudgeSimulation.DefaultPlan, null), loaded.Freeze(JudgeSimulation.DefaultPlan, null));
        Assert.Equal(a.Dispersions, b.Dispersions);
        Assert.Equal(a.Rates, b.Rates);
        Assert.Equal(a.Thresholds!, b.Thresholds!);
        Assert.Equal("no history: assumed 2", StableHistory.Load(history.Save(), now.AddHours(3)).Freeze(JudgeSimulation.DefaultPlan, null).Source);
    }

    [Fact]
    public void Load_HostileBytes_NeverThrows()
    {
        var good = Hour(1, 50).Save();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bytes = good.ToArray();
            bytes[at] = value;
            var loaded = StableHistory.Load(bytes.AsSpan(0, length), Start.AddSeconds(50));
            loaded.Add(Start.AddSeconds(51), new ArmSample { Requests = 1 });
            loaded.Freeze(JudgeSimulation.DefaultPlan, null);
        }, iter: 200);
    }
}
