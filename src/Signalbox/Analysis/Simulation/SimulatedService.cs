namespace Signalbox.Analysis;

internal enum Clumping { None, Together, Spread }

internal enum Client { None, AlwaysFailing, Flooding }

/// <summary>The traffic of a simulated service and what is wrong with its canary.</summary>
/// <param name="CanaryRate">Canary requests per second; stable has nine times as many (w = 0.1).</param>
/// <param name="Clumping">Errors and slow requests alone, five in one tick, or five 0.6 s apart.</param>
/// <param name="SlowFactor">How many times as many canary requests are slower than each of stable's quantiles.</param>
/// <param name="Hangs">The canary never answers: its requests are only seen when they pass the age limit.</param>
internal sealed record SimulatedService(
    string Name, double CanaryRate, double StableBad = 0.001, double CanaryBad = 0.001,
    Clumping Clumping = Clumping.None, bool SharedIncident = false, Client Client = Client.None,
    bool Cold = false, bool ColdStart = false, double ColdStartBad = 0, double SlowFactor = 1, bool Hangs = false, double Onset = 0)
{
    public const double Weight = 0.1;

    public bool Healthy => CanaryBad == StableBad && SlowFactor == 1 && !Hangs;

    public double StableRate => CanaryRate * (1 - Weight) / Weight;
}

/// <summary>Draws one arm's ticks: Poisson arrivals, five latency classes, errors alone or in clumps.</summary>
internal sealed class SimulatedArm
{
    /// <summary>A clump of five is the size that defeats the textbook test (performance.md 1.7).</summary>
    public const int ClumpSize = 5;

    // shares between stable's p50, p90, p99 and p99.9, and a bucket for each that holds no edge
    private static readonly double[] Shares = [0.5, 0.4, 0.09, 0.009, 0.001];
    private static readonly int[] Buckets = [60, 72, 84, 100, 116];
    private const double IncidentBad = 0.05;
    private const int SpreadTicks = 6;

    private readonly PoissonTable[] _classes;
    private readonly PoissonTable[] _incidentClasses;
    private readonly PoissonTable _bad, _incidentBad;
    private readonly double _badRate;
    private readonly Clumping _clumping;
    private readonly LatencyCount[] _latency = new LatencyCount[Shares.Length];

    /// <param name="perTick">Expected requests of one 100 ms tick.</param>
    public SimulatedArm(double perTick, double badRate, Clumping clumping, double slowFactor = 1)
    {
        (_badRate, _clumping) = (badRate, clumping);
        _classes = Classes(perTick, Slower(slowFactor), clumping);
        _incidentClasses = Classes(perTick, Slower(5), Clumping.None);
        _bad = new PoissonTable(perTick * badRate / (clumping == Clumping.None ? 1 : ClumpSize));
        _incidentBad = new PoissonTable(perTick * IncidentBad);
    }

    /// <summary>Draws one tick into <paramref name="requests"/> and <paramref name="bad"/>; the sample's arrays are reused by the next.</summary>
    /// <param name="pending">The run's clumps under way: bad requests due by tick, a ring.</param>
    public ReadOnlyMemory<LatencyCount> Draw(ref SimulatedRandom random, bool incident, int[] pending, int tick, out int requests, out int bad)
    {
        requests = 0;
        var classes = incident ? _incidentClasses : _classes;
        for (var c = 0; c < Shares.Length; c++)
        {
            var count = classes[c].Draw(ref random) * (c >= 3 && !incident && _clumping != Clumping.None ? ClumpSize : 1);
            _latency[c] = new LatencyCount(Buckets[c], count);
            requests += count;
        }
        bad = incident ? _incidentBad.Draw(ref random) : Bad(ref random, requests, pending, tick);
        if (bad > requests)
        {
            _latency[0] = new LatencyCount(Buckets[0], _latency[0].Count + bad - requests);
            requests = bad;
        }
        return _latency;
    }

    private int Bad(ref SimulatedRandom random, int requests, int[] pending, int tick)
    {
        if (_badRate > 0.02) return Binomial(ref random, requests);
        var drawn = _bad.Draw(ref random);
        if (_clumping == Clumping.None) return drawn;
        if (_clumping == Clumping.Together) return drawn * ClumpSize;
        for (var i = 0; i < ClumpSize; i++) pending[(tick + i * SpreadTicks) % pending.Length] += drawn;
        var due = pending[tick % pending.Length];
        pending[tick % pending.Length] = 0;
        return due;
    }

    private int Binomial(ref SimulatedRandom random, int requests)
    {
        var bad = 0;
        for (var i = 0; i < requests; i++) bad += random.Unit() < _badRate ? 1 : 0;
        return bad;
    }

    private static double[] Slower(double factor)
    {
        var above = JudgeFrame.Quantiles.Select(q => Math.Min(0.95, (1 - q) * factor)).ToArray();
        return [1 - above[0], above[0] - above[1], above[1] - above[2], above[2] - above[3], above[3]];
    }

    private static PoissonTable[] Classes(double perTick, double[] shares, Clumping clumping) =>
        [.. shares.Select((s, c) => new PoissonTable(perTick * Math.Max(0, s) / (c >= 3 && clumping != Clumping.None ? ClumpSize : 1)))];
}
