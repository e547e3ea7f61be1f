using CsCheck;
using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class ServiceJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JudgePlan Plan = JudgeSimulation.DefaultPlan;

    private static JudgeReport Drive(ServiceJudge judge, Stream log, int from, int ticks, Func<int, (ArmSample Canary, ArmSample Stable)> traffic)
    {
        JudgeReport? report = null;
        for (var i = from; i < from + ticks; i++)
        {
            var (canary, stable) = traffic(i);
            report = judge.Tick(Start.AddMilliseconds(100 * i), canary, stable, log);
        }
        return report!;
    }

    private static ArmSample Sample(long requests, long bad = 0, params ulong[] keys) => new() { Requests = requests, Bad = bad, BadKeys = keys };

    private static (ArmSample, ArmSample) Mixed(int tick) => (Sample(1, tick % 7 == 0 ? 1 : 0), Sample(9, tick % 50 == 0 ? 1 : 0));

    [Fact]
    public void Tick_WithoutCanaryTraffic_IsNoData_NeverPass()
    {
        var report = Drive(new(Plan, new(), null), Stream.Null, 0, 3000, _ => (ArmSample.Empty, Sample(100)));
        Assert.Equal(Verdict.NoData, report.Verdict);
        Assert.Equal("no history: assumed 2", new ServiceJudge(Plan, new(), null).Tick(Start, ArmSample.Empty, ArmSample.Empty, Stream.Null).DispersionSource);
    }

    [Fact]
    public void Tick_CanaryFailing_Fails_AndStaysFailed()
    {
        var judge = new ServiceJudge(Plan, new(), null);
        var report = Drive(judge, Stream.Null, 0, 15, _ => (Sample(1, 1), Sample(9)));
        Assert.Equal(Verdict.Fail, report.Verdict);
        Assert.Equal("errors", report.WorstMetric);
        Assert.Equal(Verdict.Fail, Drive(judge, Stream.Null, 15, 2000, _ => (Sample(10), Sample(90))).Verdict);
    }

    [Fact]
    public void Tick_NoErrorsAtAll_PassesByTheOneSampleLimit()
    {
        var judge = new ServiceJudge(Plan, new(), null);
        Assert.Equal(Verdict.Inconclusive, Drive(judge, Stream.Null, 0, 200, _ => (Sample(1), Sample(9))).Verdict);
        var report = Drive(judge, Stream.Null, 200, 200, _ => (Sample(1), Sample(9)));
        Assert.Equal(Verdict.Pass, report.Verdict);
        Assert.Contains("1%", report.Explanation.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Tick_SharedIncident_IsIgnored()
    {
        var report = Drive(new(Plan, new(), null), Stream.Null, 0, 3000, _ => (Sample(10, 5), Sample(90, 45)));
        Assert.NotEqual(Verdict.Fail, report.Verdict);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(200, true)]
    public void Tick_BadAnswersOfTooFewClients_DoNotTakeBack(int clients, bool falls)
    {
        var report = Drive(new(Plan, new(), null), Stream.Null, 0, 6000, i =>
            (i % 20 == 0 ? Sample(1, 1, (ulong)(i / 20 % clients)) : Sample(1), Sample(9)));
        Assert.Equal(falls, report.Verdict == Verdict.Fail);
    }

    [Fact]
    public void Tick_ColdStartInTheWarmUp_IsNoEvidence_AnOutageIs()
    {
        var plan = Plan with { WarmUp = TimeSpan.FromSeconds(10) };
        var slowStart = new ServiceJudge(plan, new(), null);
        Assert.Equal(Verdict.NoData, Drive(slowStart, Stream.Null, 0, 99, i => (Sample(5, i % 2), Sample(45))).Verdict);
        Assert.Equal(0, Drive(slowStart, Stream.Null, 100, 1, _ => (ArmSample.Empty, Sample(45))).CanaryRequests);
        Assert.Equal(Verdict.Fail, Drive(new(plan, new(), null), Stream.Null, 0, 20, _ => (Sample(1, 1), Sample(9))).Verdict);
    }

    [Fact]
    public void Tick_Guarding_FailsAboveTheLimit_PassesWellBelow()
    {
        var plan = Plan with { Mode = JudgeMode.Guard };
        Assert.Equal(Verdict.Fail, Drive(new(plan, new(), null), Stream.Null, 0, 100, i => (Sample(10, i % 2), ArmSample.Empty)).Verdict);
        Assert.Equal(Verdict.Pass, Drive(new(plan, new(), null), Stream.Null, 0, 200, _ => (Sample(10), ArmSample.Empty)).Verdict);
    }

    [Fact]
    public void Update_ToGuard_KeepsTheFailureOfTheComparison()
    {
        var judge = new ServiceJudge(Plan, new(), null);
        Drive(judge, Stream.Null, 0, 20, _ => (Sample(1, 1), Sample(9)));
        judge.Update(Plan with { Mode = JudgeMode.Guard });
        Assert.Equal(Verdict.Fail, Drive(judge, Stream.Null, 20, 100, _ => (Sample(10), ArmSample.Empty)).Verdict);
    }

    [Fact]
    public void Save_Load_GoesOnIdentically()
    {
        var whole = new ServiceJudge(Plan, new(), null);
        var expected = Drive(whole, Stream.Null, 0, 400, Mixed);
        var first = new ServiceJudge(Plan, new(), null);
        Drive(first, Stream.Null, 0, 200, Mixed);
        var snapshot = JudgeSnapshot.Load(first.Save().ToBytes(), Plan);
        Assert.NotNull(snapshot);
        var actual = Drive(new(Plan, new(), snapshot), Stream.Null, 200, 200, Mixed);
        Assert.Equal(expected with { TickLogDigest = "" }, actual with { TickLogDigest = "" });
    }

    /// <summary>The host was restarted, and its wall clock set back meanwhile: the same as if it had not been.</summary>
    [Fact]
    public void Resumed_WithAnEarlierClock_GoesOnAsWithItsOwn()
    {
        (ArmSample, ArmSample) Keyed(int tick) => (tick % 140 == 0 ? Sample(1, 1, 5) : Sample(1, tick % 140 == 70 ? 1 : 0), Sample(9, tick % 8 == 0 ? 1 : 0));
        JudgeReport After(TimeSpan back)
        {
            var (history, first) = (new StableHistory(), new ServiceJudge(Plan, new(), null));
            for (var s = 0; s < 120; s++) history.Add(Start.AddSeconds(s), Sample(90, s % 10 == 0 ? 1 : 0));
            Drive(first, Stream.Null, 0, 1200, Keyed);
            var loaded = StableHistory.Load(history.Save(), Start.AddSeconds(121) - back);
            var second = new ServiceJudge(Plan, loaded, JudgeSnapshot.Load(first.Save().ToBytes(), Plan));
            JudgeReport? report = null;
            for (var i = 1210; i < 4000; i++)
            {
                var (canary, stable) = Keyed(i);
                report = second.Tick(Start.AddMilliseconds(100 * i) - back, canary, stable, Stream.Null);
            }
            return report! with { TickLogDigest = "" };
        }
        var (expected, actual) = (After(TimeSpan.Zero), After(TimeSpan.FromMinutes(30)));
        Assert.StartsWith("little history", expected.DispersionSource, StringComparison.Ordinal);
        Assert.Equal(expected.DispersionSource, actual.DispersionSource);
        Assert.Equal((expected.Verdict, expected.CanaryRequests, expected.CanaryBad), (actual.Verdict, actual.CanaryRequests, actual.CanaryBad));
        Assert.Equal(expected.LogE, actual.LogE, 1.0);
    }

    [Fact]
    public void Lost_SpendsHalfOfTheAlpha()
    {
        var report = new ServiceJudge(Plan, new(), JudgeSnapshot.Lost(Plan)).Tick(Start, Sample(1), Sample(9), Stream.Null);
        Assert.Equal(Math.Log(2000), report.LogThreshold, 1e-12);
        Assert.NotNull(JudgeSnapshot.Load(JudgeSnapshot.Lost(Plan).ToBytes(), Plan));
        Assert.Null(JudgeSnapshot.Load(JudgeSnapshot.Lost(Plan).ToBytes(), Plan with { Rollout = "another" }));
    }

    [Fact]
    public void Load_HostileBytes_NeverThrows()
    {
        var judge = new ServiceJudge(Plan, new(), null);
        Drive(judge, Stream.Null, 0, 50, Mixed);
        var good = judge.Save().ToBytes();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((at, value, length) =>
        {
            var bytes = good.ToArray();
            bytes[at] = value;
            var loaded = JudgeSnapshot.Load(bytes.AsSpan(0, length), Plan);
            if (loaded is not null) Drive(new(Plan, new(), loaded), Stream.Null, 50, 3, Mixed);
        }, iter: 300);
    }

    [Fact]
    public void Cap_OnlyLowersTheEvidence() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 10], Gen.Int[1, 100], Gen.Int[1, 900], Gen.Double[0, 0.05]).Sample((xc, xs, nc, ns, rate) =>
        {
            var (plain, capped) = (new StartMixture(), new StartMixture());
            plain.OpenStart();
            capped.OpenStart();
            plain.Tick(xc, xs, nc, ns, 1.25, 1);
            capped.Tick(StartMixture.Cap(xc, nc, rate, JudgeFrame.MeasuredBurst), xs, nc, ns, 1.25, 1);
            return capped.LogE <= plain.LogE + 1e-12 && plain.LogEWithout(2, 0.1, 1.25, 1) <= plain.LogE;
        }, iter: 500);

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    public void Step_ABurstInOneTick_WeighsLessWhileTheDispersionIsAssumed(bool assumed, int counts)
    {
        var frame = assumed ? JudgeFrame.Cold : JudgeFrame.Cold with { Source = "measured" };
        double After(int bad)
        {
            var state = new JudgeState(Plan, 0.001);
            var tick = new TickCounts { OpensSecond = true, CanaryRequests = 10, StableRequests = 90, CanaryBad = bad };
            tick.Canary[JudgeFrame.Errors] = bad;
            state.Step(Plan, frame, tick);
            return state.LogE;
        }
        Assert.Equal(After(counts), After(5));
        Assert.True(After(counts - 1) < After(5));
    }

    [Fact]
    public void SplittingATick_ChangesNothing_WhereTheSplitIsTheSame() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 5]).Sample((a, b, c, d) =>
        {
            var (once, twice) = (new StartMixture(), new StartMixture());
            once.OpenStart();
            twice.OpenStart();
            once.Tick(a + c, b + d, 20, 180, 1.25, 2);
            twice.Tick(c, d, 10, 90, 1.25, 2);
            twice.Tick(a, b, 10, 90, 1.25, 2);
            return Math.Abs(once.LogE - twice.LogE) < 1e-9;
        }, iter: 300);
}
