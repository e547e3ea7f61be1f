namespace Signalbox.Analysis;

/// <summary>A rule that asks a metric store every so often and counts failures, as the peers' documents configure it.</summary>
/// <param name="Every">Seconds between measurements.</param>
/// <param name="Over">Seconds of traffic one measurement looks back on.</param>
/// <param name="SuccessRate">A measurement below this fails.</param>
/// <param name="Failures">So many failed measurements, not necessarily in a row, take the release back.</param>
internal sealed record PeerRule(string Name, int Every, int Over, double SuccessRate, int Failures)
{
    /// <summary>
    /// Flagger: docs/gitbook/usage/deployment-strategies.md (interval 1m, threshold 5 and 10, min 99). Argo
    /// Rollouts: docs/features/analysis.md (>= 0.95, failureLimit 3: the code fails at the fourth), irate over 30 s.
    /// </summary>
    public static readonly PeerRule[] Documented =
    [
        new("Flagger 1m, 99 %, threshold 5", 60, 60, 0.99, 5),
        new("Flagger 1m, 99 %, threshold 10", 60, 60, 0.99, 10),
        new("Argo Rollouts 1m, 95 %, failureLimit 3", 60, 30, 0.95, 4),
        new("Argo Rollouts 5m, 95 %, failureLimit 3", 300, 30, 0.95, 4),
    ];
}

/// <summary>One peer's rule watching one canary.</summary>
internal sealed class PeerWatch(PeerRule rule)
{
    private readonly int[] _requests = new int[rule.Over], _bad = new int[rule.Over];
    private int _failures;
    private long _failed;

    public int FallTick { get; private set; } = -1;

    public long Failed => _failed;

    public void See(int tick, int requests, int bad, bool broken)
    {
        if (FallTick >= 0) return;
        var second = tick / SimulatedRun.TicksPerSecond;
        var slot = second % rule.Over;
        if (tick % SimulatedRun.TicksPerSecond == 0) (_requests[slot], _bad[slot]) = (0, 0);
        _requests[slot] += requests;
        _bad[slot] += bad;
        if (broken) _failed += bad;
        if ((tick + 1) % (rule.Every * SimulatedRun.TicksPerSecond) != 0) return;
        var seen = _requests.Sum();
        if (seen > 0 && 1 - (double)_bad.Sum() / seen < rule.SuccessRate) _failures++;
        if (_failures >= rule.Failures) FallTick = tick;
    }
}
