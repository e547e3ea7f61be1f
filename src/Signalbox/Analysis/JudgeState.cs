namespace Signalbox.Analysis;

/// <summary>The judge's arithmetic: what live judging, replay and simulation share. Pure; times and clients are settled before it.</summary>
internal sealed class JudgeState
{
    // a fixed convex combination of e-values is an e-value; errors, which must fall fastest, get 0.8 (0.95 without latency)
    private const double LatencyWeight = 0.0375, GuardWeight = 0.025;
    private const int Guards = 2;

    // excluding 2.5 times takes about six expected bad canary requests at best: below twice that it may never decide
    private const double EnoughForRatio = 12;

    private readonly StartMixture[] _compare = [.. Enumerable.Range(0, JudgeFrame.Compared).Select(_ => new StartMixture())];
    private readonly StartMixture[] _guard = [.. Enumerable.Range(0, Guards).Select(_ => new StartMixture())];
    private readonly StartMixture _warm = new();
    private readonly TrailingSplit _requests = new(), _latencies = new();
    private readonly double[] _promote = new double[RateRatio.PromoteGrid.Length];
    private readonly double[] _frozen = new double[JudgeFrame.Compared];
    private double _smallestShare = 1;
    private double _smallestDispersion = Dispersion.Highest;
    private double _latencyWeight;
    private readonly long[] _slow = new long[JudgeFrame.Metrics], _slowStable = new long[JudgeFrame.Metrics];
    private long _latencyRequests, _latencyStable;
    private bool _guarding;
    private long _warmRequests, _warmBad;
    private long _aloneRequests, _aloneBad;

    public JudgeState(JudgePlan plan, double alpha)
    {
        Alpha = alpha;
        _latencyWeight = plan.Latency ? LatencyWeight : 0;
    }

    /// <summary>Chance of taking back a healthy release that is left to spend.</summary>
    public double Alpha { get; private set; }

    public double LogThreshold => -Math.Log(Alpha);

    public long Ticks { get; private set; }

    public long CanaryRequests { get; private set; }

    public long CanaryBad { get; private set; }

    public long StableRequests { get; private set; }

    public long StableBad { get; private set; }

    public double LogE { get; private set; }

    public double LogPromote => _promotes ? RateRatio.LogMeanExp(_promote) : 0;

    public double LogBelowLimit { get; private set; }

    public int WorstMetric { get; private set; } = -1;

    public Verdict Verdict { get; private set; }

    public bool WarmUpOver { get; private set; }

    private bool _promotes;

    /// <summary>Sees one tick and says where the judge stands after it.</summary>
    public Verdict Step(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        Ticks++;
        Guarding(plan.Mode == JudgeMode.Guard);
        _requests.Add(tick.CanaryRequests, tick.StableRequests);
        _latencies.Add(tick.CanaryLatencies, tick.StableLatencies);
        if (tick.WarmUp) StepWarmUp(plan, frame, tick);
        else StepEvidence(plan, frame, tick);
        return Verdict;
    }

    private void StepWarmUp(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        _warmRequests += tick.CanaryRequests;
        _warmBad += tick.CanaryBad;
        if (tick.OpensSecond) _warm.OpenStart();
        NoteSplit(frame, tick, JudgeFrame.Errors);
        Compare(_warm, JudgeFrame.Errors, plan, frame, tick);
        var e = Without(_warm, JudgeFrame.Errors, plan, tick);
        if (e < LogThreshold || _warmBad * 2 < _warmRequests) return;
        (Verdict, LogE, WorstMetric) = (Verdict.Fail, e, JudgeFrame.Errors);
        (CanaryRequests, CanaryBad) = (_warmRequests, _warmBad);
    }

    private void StepEvidence(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        WarmUpOver = true;
        CanaryRequests += tick.CanaryRequests;
        CanaryBad += tick.CanaryBad;
        StableRequests += tick.StableRequests;
        StableBad += tick.Stable[JudgeFrame.Errors];
        CountSlow(tick);
        if (_guarding) StepGuard(plan, frame, tick);
        else StepCompare(plan, frame, tick);
        StepAdvance(plan, frame, tick);
        Combine(plan, frame, tick);
        Verdict = Decide(plan, frame);
    }

    private void CountSlow(TickCounts tick)
    {
        _latencyRequests += tick.CanaryLatencies;
        _latencyStable += tick.StableLatencies;
        for (var m = 1; m < JudgeFrame.Metrics; m++)
        {
            _slow[m] += tick.Canary[m];
            _slowStable[m] += tick.Stable[m];
        }
    }

    /// <summary>Requests slower than a latency metric's threshold, and of how many, by arm: repeated clients thinned in the canary's.</summary>
    public ((long Slow, long Of) Canary, (long Slow, long Of) Stable) SlowCounts(int metric) =>
        ((_slow[metric], _latencyRequests), (_slowStable[metric], _latencyStable));

    private void StepCompare(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        for (var m = 0; m < JudgeFrame.Compared; m++)
        {
            // a start of latency is not spent while its requests are not looked at
            if (m > 0 && (_latencyWeight == 0 || frame.Thresholds is null || tick.CanaryLatencies + tick.StableLatencies == 0)) break;
            if (tick.OpensSecond) _compare[m].OpenStart();
            NoteSplit(frame, tick, m);
            Compare(_compare[m], m, plan, frame, tick);
        }
    }

    private void Compare(StartMixture process, int m, JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        var (requests, split) = m == JudgeFrame.Errors ? (tick.CanaryRequests, _requests) : (tick.CanaryLatencies, _latencies);
        var bad = StartMixture.Cap(tick.Canary[m], requests, frame.Rates[m], frame.Burst);
        process.Tick(bad, tick.Stable[m], split.Canary, split.Stable, plan.ToleratedRatio, frame.Dispersions[m]);
    }

    private void StepGuard(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        for (var g = 0; g < Guards; g++)
        {
            var m = GuardMetric(g);
            if (m == JudgeFrame.Promise && frame.GuardBucket < 0) continue;
            if (tick.OpensSecond) _guard[g].OpenStart();
            var n = m == JudgeFrame.Errors ? tick.CanaryRequests : tick.CanaryLatencies;
            var bad = Math.Min(n, StartMixture.Cap(tick.Canary[m], n, GuardRate(m, plan, frame), frame.Burst));
            _guard[g].GuardTick(bad, n, GuardRate(m, plan, frame), frame.Dispersions[m]);
        }
    }

    // advancing sees every bad request the per-key cap let through: thinning would flatter the canary
    private void StepAdvance(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        _aloneRequests += tick.CanaryRequests;
        _aloneBad += tick.CanaryBad;
        var limit = _guarding ? Math.Max(plan.Limit, frame.Rates[JudgeFrame.Errors] * plan.Margin) : plan.Limit;
        LogBelowLimit = OneSample.LogBelow(_aloneBad, _aloneRequests, limit, frame.Measured);
        if (_guarding || tick.CanaryBad + tick.Stable[JudgeFrame.Errors] == 0) return;
        _promotes = true;
        for (var k = 0; k < _promote.Length; k++)
        {
            if (RateRatio.PromoteGrid[k] >= plan.Margin) continue;
            _promote[k] += RateRatio.LogLikelihoodRatio(
                tick.CanaryBad, tick.Stable[JudgeFrame.Errors], tick.CanaryRequests, tick.StableRequests,
                RateRatio.PromoteGrid[k], plan.Margin) / frame.Dispersions[JudgeFrame.Errors];
        }
    }

    private void Combine(JudgePlan plan, JudgeFrame frame, TickCounts tick)
    {
        var (sum, worst) = (0.0, 0.0);
        WorstMetric = -1;
        for (var m = 0; m < JudgeFrame.Compared; m++)
        {
            if (!_guarding) _frozen[m] = Without(_compare[m], m, plan, tick);
            var e = Math.Exp(Math.Min(600, _frozen[m]));
            sum += (m == JudgeFrame.Errors ? 1 - 2 * GuardWeight - 4 * _latencyWeight : _latencyWeight) * e;
            if (e > Math.Max(1, worst)) (worst, WorstMetric) = (e, m);
        }
        for (var g = 0; g < Guards; g++)
        {
            var m = GuardMetric(g);
            var e = Math.Exp(Math.Min(600, _guard[g].GuardLogEWithout(_guarding ? tick.Removed[m] : 0, GuardRate(m, plan, frame), _smallestDispersion)));
            sum += GuardWeight * e;
            if (_guarding && e > Math.Max(1, worst)) (worst, WorstMetric) = (e, m);
        }
        LogE = Math.Log(sum);
    }

    private Verdict Decide(JudgePlan plan, JudgeFrame frame)
    {
        if (Verdict == Verdict.Fail || LogE >= LogThreshold) return Verdict.Fail;
        if (CanaryRequests == 0) return Verdict.NoData;
        if (LogE >= LogThreshold / 2) return Verdict.Inconclusive;
        var needed = -Math.Log(plan.Beta);
        return (!_guarding && LogPromote >= needed) || (LogBelowLimit >= needed && (_guarding || !RatioDecides(frame)))
            ? Verdict.Pass
            : Verdict.Inconclusive;
    }

    private bool RatioDecides(JudgeFrame frame) =>
        StableRequests > 0
        && (double)CanaryRequests * StableBad / StableRequests >= EnoughForRatio * frame.Dispersions[JudgeFrame.Errors];

    private double Without(StartMixture process, int m, JudgePlan plan, TickCounts tick) =>
        process.LogEWithout(tick.Removed[m], _smallestShare, plan.ToleratedRatio, _smallestDispersion);

    // a removed client's requests may have come at any of the rollout's weights: the smallest one weighs most
    private void NoteSplit(JudgeFrame frame, TickCounts tick, int m)
    {
        if (tick.Canary[m] == 0 || _requests.Stable == 0) return;
        _smallestShare = Math.Min(_smallestShare, (double)_requests.Canary / (_requests.Canary + _requests.Stable));
        _smallestDispersion = Math.Min(_smallestDispersion, frame.Dispersions[m]);
    }

    private static int GuardMetric(int g) => g == 0 ? JudgeFrame.Errors : JudgeFrame.Promise;

    private static double GuardRate(int m, JudgePlan plan, JudgeFrame frame)
    {
        // a promised p99 may be broken by one request in a hundred
        var promised = m == JudgeFrame.Errors ? plan.Limit : 0.01;
        return Math.Clamp(Math.Max(promised, frame.Rates[m] * plan.ToleratedRatio), 1e-9, 0.9);
    }

    private void Guarding(bool guarding)
    {
        if (guarding == _guarding) return;
        _guarding = guarding;
        (_aloneRequests, _aloneBad, LogBelowLimit) = (0, 0, 0);
    }

    public void Write(CompactWriter to)
    {
        to.Double(Alpha);
        to.Double(_latencyWeight);
        to.Byte((byte)((_guarding ? 1 : 0) | (WarmUpOver ? 2 : 0) | (_promotes ? 4 : 0)));
        to.Byte((byte)Verdict);
        to.Long(WorstMetric);
        foreach (var n in (ReadOnlySpan<long>)[Ticks, CanaryRequests, CanaryBad, StableRequests, StableBad, _warmRequests, _warmBad, _aloneRequests, _aloneBad])
            to.Long(n);
        foreach (var n in (ReadOnlySpan<long>)[_latencyRequests, _latencyStable, .. _slow, .. _slowStable]) to.Long(n);
        foreach (var d in (ReadOnlySpan<double>)[LogE, LogBelowLimit, _smallestShare, _smallestDispersion]) to.Double(d);
        foreach (var d in _promote) to.Double(d);
        foreach (var d in _frozen) to.Double(d);
        foreach (var process in Processes) process.Write(to);
        _requests.Write(to);
        _latencies.Write(to);
    }

    public static JudgeState Read(ref CompactReader from, JudgePlan plan)
    {
        var state = new JudgeState(plan, Math.Clamp(from.Magnitude(), 1e-12, 1)) { _latencyWeight = Math.Min(LatencyWeight, from.Magnitude()) };
        var flags = from.Byte();
        (state._guarding, state.WarmUpOver, state._promotes) = ((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        state.Verdict = (Verdict)Math.Min(from.Byte(), (byte)Verdict.Fail);
        state.WorstMetric = (int)Math.Clamp(from.Long(), -1, JudgeFrame.Metrics - 1);
        (state.Ticks, state.CanaryRequests, state.CanaryBad) = (from.Long(), from.Long(), from.Long());
        (state.StableRequests, state.StableBad) = (from.Long(), from.Long());
        (state._warmRequests, state._warmBad, state._aloneRequests, state._aloneBad) = (from.Long(), from.Long(), from.Long(), from.Long());
        (state._latencyRequests, state._latencyStable) = (from.Long(), from.Long());
        for (var m = 0; m < JudgeFrame.Metrics; m++) state._slow[m] = from.Long();
        for (var m = 0; m < JudgeFrame.Metrics; m++) state._slowStable[m] = from.Long();
        (state.LogE, state.LogBelowLimit) = (from.Double(), from.Double());
        (state._smallestShare, state._smallestDispersion) = (from.Magnitude(), Math.Max(1, from.Magnitude()));
        for (var k = 0; k < state._promote.Length; k++) state._promote[k] = from.Double();
        for (var m = 0; m < state._frozen.Length; m++) state._frozen[m] = from.Double();
        foreach (var process in state.Processes) process.Read(ref from);
        state._requests.Read(ref from);
        state._latencies.Read(ref from);
        return state;
    }

    private IEnumerable<StartMixture> Processes => [.. _compare, .. _guard, _warm];
}
