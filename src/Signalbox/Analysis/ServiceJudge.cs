using System.Globalization;

namespace Signalbox.Analysis;

/// <summary>The judge of one service in one rollout. Not thread-safe: the host ticks it from one loop, every 100 ms.</summary>
public sealed class ServiceJudge
{
    // often while cold, to learn of bursts as they come; seldom once an hour is known
    private static readonly TimeSpan ColdInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettledInterval = TimeSpan.FromMinutes(1);

    private readonly StableHistory _history;
    private readonly TickCounts _counts = new();
    private readonly JudgeMemory _memory;
    private JudgePlan _plan;
    private TickRecord? _opening;
    private bool _planPending = true;
    private bool _framePending = true;

    /// <param name="resume">
    /// Null for a new rollout; the last saved snapshot after a restart; <see cref="JudgeSnapshot.Lost"/> where a
    /// rollout had begun and nothing of it can be read.
    /// </param>
    public ServiceJudge(JudgePlan plan, StableHistory history, JudgeSnapshot? resume)
    {
        (_plan, _history) = (plan, history);
        var restored = resume?.Restore(plan);
        _opening = restored is not null ? TickRecord.Resume : resume is not null ? TickRecord.Lost : null;
        _memory = restored ?? new JudgeMemory(
            new JudgeState(plan, resume is null ? plan.Alpha : plan.Alpha / 2),
            JudgeFrame.Cold, new KeyEvidence(plan.KeyInterval, plan.MinimumKeys))
        { Mode = plan.Mode };
    }

    /// <summary>A later table's plan for the same rollout (Compare to Guard, new limits).</summary>
    public void Update(JudgePlan plan)
    {
        if (plan == _plan) return;
        if (plan.Mode == JudgeMode.Guard && _plan.LatencyLimit != plan.LatencyLimit) _memory.FrameDue = 0;
        (_plan, _planPending) = (plan, true);
    }

    /// <summary>Judges one tick and appends it to the tick log.</summary>
    /// <param name="log">Receives the tick as bytes to append to the rollout's tick log.</param>
    public JudgeReport Tick(DateTimeOffset now, ArmSample canary, ArmSample stable, Stream log)
    {
        if (Judge(now, canary, stable)) WriteTick(log);
        return Report();
    }

    public JudgeSnapshot Save() => JudgeSnapshot.Of(_plan, _memory);

    internal JudgeState State => _memory.State;

    /// <summary>Judges without a log or a report, as the simulation does.</summary>
    /// <returns>Whether there was anything to judge.</returns>
    internal bool Judge(DateTimeOffset now, ArmSample canary, ArmSample stable)
    {
        ChangeMode();
        Freeze(now);
        if (canary.Began is { } began && _memory.CanaryBegan == 0) _memory.CanaryBegan = began.UtcTicks;
        if (canary.Requests == 0 && stable.Requests == 0) return false;
        Count(now, canary, stable);
        State.Step(_plan, _memory.Frame, _counts);
        return true;
    }

    // a client's evidence counts anew while baking: the processes it feeds are others
    private void ChangeMode()
    {
        if (_memory.Mode == _plan.Mode) return;
        _memory.Mode = _plan.Mode;
        _memory.Keys.Clear();
    }

    // once baking, "stable" is the release itself: what the old stable taught stays frozen
    private void Freeze(DateTimeOffset now)
    {
        // due further away than ever asked for: an earlier process had another clock
        var waits = now.UtcTicks < _memory.FrameDue && _memory.FrameDue - now.UtcTicks <= SettledInterval.Ticks;
        if (waits || (_plan.Mode == JudgeMode.Guard && _memory.FrameDue != 0)) return;
        _memory.Frame = _history.Freeze(_plan, _memory.Frame);
        _memory.FrameDue = (now + (_memory.Frame.Settled ? SettledInterval : ColdInterval)).UtcTicks;
        _framePending = true;
    }

    private void Count(DateTimeOffset now, ArmSample canary, ArmSample stable)
    {
        _counts.Clear();
        // the same where an earlier process had a later clock: seconds that are over stay over
        var gone = Math.Max(0, _memory.Second) * TimeSpan.TicksPerSecond;
        if (_memory.Began == 0 || now.UtcTicks - _memory.Began < gone) _memory.Began = now.UtcTicks - gone;
        if ((_memory.CanaryBegan == 0 && canary.Requests > 0) || _memory.CanaryBegan > now.UtcTicks) _memory.CanaryBegan = now.UtcTicks;
        var warm = !State.WarmUpOver && (_memory.CanaryBegan == 0 || now.UtcTicks - _memory.CanaryBegan < _plan.WarmUp.Ticks);
        if (!warm && !State.WarmUpOver && _plan.WarmUp > TimeSpan.Zero) _memory.Keys.Clear();
        _counts.WarmUp = warm && _plan.WarmUp > TimeSpan.Zero;
        _counts.OpensSecond = OpensSecond(now, canary.Requests);
        (_counts.CanaryRequests, _counts.StableRequests) = (canary.Requests, stable.Requests);
        _counts.CanaryBad = canary.Bad;
        _counts.Canary[JudgeFrame.Errors] = canary.Bad - canary.BadKeys.Length + Thinned(canary, now);
        _counts.Stable[JudgeFrame.Errors] = stable.Bad;
        if (!LatencyWarmsUp(now))
        {
            _counts.CanaryLatencies = CountSlow(canary, _counts.Canary, now);
            _counts.StableLatencies = CountSlow(stable, _counts.Stable, null);
        }
        for (var m = 0; m < TickCounts.Metrics; m++) _counts.Removed[m] = _memory.Keys.Removed(m);
    }

    private bool LatencyWarmsUp(DateTimeOffset now)
    {
        var since = _memory.CanaryBegan == 0 ? 0 : now.UtcTicks - _memory.CanaryBegan;
        return since < _plan.LatencyWarmUp.Ticks || (State.CanaryRequests < _plan.LatencyWarmUpRequests && since < 6 * _plan.LatencyWarmUp.Ticks);
    }

    // a start time is opened only when the canary has traffic, so that silence does not spend its mass
    private bool OpensSecond(DateTimeOffset now, long canaryRequests)
    {
        var second = Math.Max(0, now.UtcTicks - _memory.Began) / TimeSpan.TicksPerSecond;
        if (canaryRequests == 0 || second <= _memory.Second) return false;
        _memory.Second = second;
        return true;
    }

    private long Thinned(ArmSample canary, DateTimeOffset now)
    {
        var counted = 0L;
        foreach (var key in canary.BadKeys.Span)
            if (_memory.Keys.Counts(key, JudgeFrame.Errors, now)) counted++;
        return counted;
    }

    /// <param name="thin">The time at which repeated clients are thinned; null for the stable arm, which never is.</param>
    private long CountSlow(ArmSample sample, long[] into, DateTimeOffset? thin)
    {
        var latencies = 0L;
        for (var m = 1; m < JudgeFrame.Metrics; m++)
        {
            var from = _memory.Frame.SlowFrom(m);
            latencies = 0;
            foreach (var (bucket, count) in sample.Latency.Span)
            {
                latencies += count;
                if (bucket >= from) into[m] += count;
            }
            foreach (var (key, bucket) in sample.KeyedLatency.Span)
            {
                latencies++;
                // two clients cannot move the share above the median by the tolerated quarter: not worth the memory
                if (bucket >= from && (thin is not { } at || m == 1 || _memory.Keys.Counts(key, m, at))) into[m]++;
            }
        }
        return latencies;
    }

    private void WriteTick(Stream log)
    {
        if (_opening is { } opening) WriteOpening(opening, log);
        if (_planPending) WritePlan(log);
        if (_framePending)
        {
            _memory.Frame.Write(_memory.Log.Begin());
            _memory.Log.Append(TickRecord.Frame, log);
        }
        (_planPending, _framePending) = (false, false);
        var body = _memory.Log.Begin();
        _counts.Write(body);
        body.Byte((byte)State.Verdict);
        body.Double(State.LogE);
        body.Double(State.LogPromote);
        _memory.Log.Append(TickRecord.Tick, log);
    }

    private void WriteOpening(TickRecord opening, Stream log)
    {
        var digest = _memory.Log.Digest.ToArray();
        _memory.Log.Begin().Bytes(opening == TickRecord.Resume ? digest : []);
        _memory.Log.Append(opening, log);
        _opening = null;
    }

    private void WritePlan(Stream log)
    {
        TickLog.WritePlan(_memory.Log.Begin(), _plan, State.Alpha);
        _memory.Log.Append(TickRecord.Plan, log);
    }

    private JudgeReport Report()
    {
        var s = State;
        var frame = _memory.Frame;
        return new JudgeReport(
            s.Verdict, s.Ticks, s.LogE, s.LogThreshold, s.LogPromote, -Math.Log(_plan.Beta),
            s.CanaryRequests, s.CanaryBad, s.StableRequests, s.StableBad,
            frame.Dispersions[Math.Max(0, s.WorstMetric)], frame.Source,
            s.WorstMetric < 0 ? null : JudgeFrame.Name(s.WorstMetric), _memory.Log.DigestText, Explain());
    }

    private string Explain()
    {
        var s = State;
        return s.Verdict switch
        {
            Verdict.NoData when s.Ticks > 0 && !s.WarmUpOver => "warming up: the canary's first requests are not evidence",
            Verdict.NoData => "no canary requests yet",
            Verdict.Fail => Say($"the canary is worse than stable in {Metric(s)}: {Seen(s)} (evidence {Odds(s.LogE)}, and {Odds(s.LogThreshold)} takes it back)"),
            Verdict.Pass when s.LogPromote >= -Math.Log(_plan.Beta) => Say($"{s.CanaryRequests} canary requests exclude a bad rate {_plan.Margin:0.##} times stable's"),
            Verdict.Pass => Say($"{s.CanaryBad} bad of {s.CanaryRequests} canary requests exclude a bad rate of {_plan.Limit:0.##%} and more"),
            _ when s.LogE >= s.LogThreshold / 2 => Say($"evidence against the canary in {Metric(s)}, not yet enough to take it back (evidence {Odds(s.LogE)}, and {Odds(s.LogThreshold)} takes it back)"),
            _ => Say($"{s.CanaryRequests} canary requests are too few to exclude a bad rate {_plan.Margin:0.##} times stable's"),
        };
    }

    /// <summary>E as a bettor's odds against the canary, which it is (docs/judge.md); beyond a million the digits say nothing.</summary>
    private static string Odds(double logE) =>
        logE > Math.Log(1_000_000) ? "over 1000000 to 1" : Say($"{Math.Exp(logE):0} to 1");

    /// <summary>What was counted of the metric that took it back.</summary>
    private static string Seen(JudgeState s)
    {
        if (s.WorstMetric <= JudgeFrame.Errors)
            return Say($"{s.CanaryBad} of {s.CanaryRequests} requests were bad, stable had {s.StableBad} of {s.StableRequests}");
        var ((canary, of), (stable, ofStable)) = s.SlowCounts(s.WorstMetric);
        return Say($"{canary} of {of} requests were that slow, stable had {stable} of {ofStable}");
    }

    private static string Metric(JudgeState s) => s.WorstMetric < 0 ? "errors" : JudgeFrame.Name(s.WorstMetric);

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
