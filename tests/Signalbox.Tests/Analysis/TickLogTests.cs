using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class TickLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JudgePlan Plan = JudgeSimulation.DefaultPlan;

    private static JudgeReport Drive(ServiceJudge judge, Stream log, int from, int ticks)
    {
        JudgeReport? report = null;
        for (var i = from; i < from + ticks; i++)
        {
            var canary = new ArmSample { Requests = 1, Bad = i % 4 == 0 ? 1 : 0, Latency = new LatencyCount[] { new(i % 100, 1) } };
            var stable = new ArmSample { Requests = 9, Bad = i % 50 == 0 ? 1 : 0, Latency = new LatencyCount[] { new(50, 9) } };
            report = judge.Tick(Start.AddMilliseconds(100 * i), canary, stable, log);
        }
        return report!;
    }

    [Fact]
    public void Replay_FindsEveryDecisionAgain()
    {
        var log = new MemoryStream();
        var live = Drive(new(Plan, new(), null), log, 0, 300);
        log.Position = 0;
        var replay = JudgeReplay.Run(log);
        Assert.Empty(replay.Findings);
        Assert.True(replay.Matches);
        Assert.Equal((live.Verdict, live.Tick, live.TickLogDigest), (replay.Verdict, replay.Ticks, replay.Digest));
        Assert.Equal(live.LogE, replay.LogE, 1e-12);
        Assert.Equal(Verdict.Fail, replay.Verdict);
        Assert.InRange(replay.FellAtTick, 1, 300);
        Assert.True(replay.ComparedWith(replay.FellAtDigest, "log").Matches);
        Assert.True(replay.ComparedWith(null, "log").Matches);
        Assert.Equal("tick-log-digest", Assert.Single(replay.ComparedWith(new('0', 64), "log").Findings).Id);
    }

    [Fact]
    public void Replay_OfARolloutThatWasResumed_FindsItAgain()
    {
        var log = new MemoryStream();
        var first = new ServiceJudge(Plan, new(), null);
        Drive(first, log, 0, 30);
        var snapshot = first.Save();
        // the host was killed after seven more ticks, which the snapshot does not know
        Drive(first, log, 30, 7);
        var live = Drive(new(Plan, new(), snapshot), log, 40, 20);
        log.Position = 0;
        var replay = JudgeReplay.Run(log);
        Assert.Empty(replay.Findings);
        Assert.Equal((live.TickLogDigest, live.Verdict), (replay.Digest, replay.Verdict));
    }

    [Fact]
    public void Replay_AfterALostState_StartsAnew()
    {
        var log = new MemoryStream();
        Drive(new(Plan, new(), null), log, 0, 10);
        var live = Drive(new(Plan, new(), JudgeSnapshot.Lost(Plan)), log, 20, 10);
        log.Position = 0;
        var replay = JudgeReplay.Run(log);
        Assert.True(replay.Matches);
        Assert.Equal(live.LogE, replay.LogE, 1e-12);
    }

    [Fact]
    public void Replay_OfAChangedLog_SaysSo()
    {
        var log = new MemoryStream();
        var live = Drive(new(Plan, new(), null), log, 0, 100);
        var bytes = log.ToArray();
        var unnoticed = 0;
        for (var at = 0; at < bytes.Length; at += 13)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 0x15;
            var replay = JudgeReplay.Run(new MemoryStream(changed));
            if (replay.Matches && replay.Digest == live.TickLogDigest) unnoticed++;
        }
        Assert.Equal(0, unnoticed);
    }

    [Fact]
    public void Replay_OfACutOrForeignLog_IsAFinding()
    {
        var log = new MemoryStream();
        Drive(new(Plan, new(), null), log, 0, 50);
        var bytes = log.ToArray();
        Assert.Equal("tick-log-truncated", Assert.Single(JudgeReplay.Run(new MemoryStream(bytes[..^3])).Findings).Id);
        Assert.Equal("tick-log-empty", Assert.Single(JudgeReplay.Run(new MemoryStream()).Findings).Id);
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            Assert.False(JudgeReplay.Run(new MemoryStream(noise)).Matches);
        }
    }
}
