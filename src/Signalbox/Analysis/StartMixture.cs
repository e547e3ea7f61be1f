using System.Runtime.Intrinsics;

namespace Signalbox.Analysis;

/// <summary>
/// The hardened e-process of one metric: a mixture over 16 alternatives and over start times, so that a
/// fault that begins late is not masked by a good past. Start s has the prior mass 1/(s(s+1)).
/// </summary>
internal sealed class StartMixture
{
    // far above any threshold; keeps products finite however long an outage is judged
    private const double Ceiling = 1e280;
    private static readonly double[] LogGrid = [.. RateRatio.Grid.Select(static g => Math.Log(g))];

    private readonly double[] _values = new double[RateRatio.Grid.Length];

    /// <summary>Start times opened so far; the mass not yet spent is 1/(s+1).</summary>
    public int Starts { get; private set; }

    public double LogE => Math.Log(Sum() / _values.Length + 1.0 / (Starts + 1));

    /// <summary>At most this many bad canary requests of one tick count: a burst in one tick is one incident, not many.</summary>
    /// <param name="burst">How many of one tick stable has been seen to lose together, or is taken to: see <see cref="JudgeFrame.Burst"/>.</param>
    public static double Cap(double bad, double requests, double stableRate, int burst) => Math.Min(bad, burst + 4 * requests * stableRate);

    /// <summary>Once a second, before that second's first tick is seen.</summary>
    public void OpenStart()
    {
        Starts++;
        var mass = 1.0 / (Starts * (Starts + 1.0));
        for (var k = 0; k < _values.Length; k++) _values[k] += mass;
    }

    /// <summary>Multiplies the evidence of one tick in, to the power 1/F.</summary>
    /// <param name="xc">Bad canary requests, already capped: capping can only lower E.</param>
    public void Tick(double xc, double xs, double nc, double ns, double rho0, double dispersion)
    {
        if (nc <= 0 || ns <= 0 || xc + xs == 0) return;
        var w = nc / (nc + ns);
        var scale = Vector256.Create(w * rho0 / (w * rho0 + 1 - w));
        var rest = Vector256.Create((1 - w) / (w * rho0 + 1 - w));
        for (var k = 0; k < _values.Length; k += 4)
        {
            var mixed = Vector256.Log(scale * Vector256.Create(RateRatio.Grid, k) + rest);
            var llr = (xc * Vector256.Create(LogGrid, k) - (xc + xs) * mixed) / dispersion;
            Multiply(k, llr);
        }
    }

    /// <summary>Multiplies one-sample evidence in: bad rates above p0, for traffic without a comparison.</summary>
    public void GuardTick(double x, double n, double p0, double dispersion)
    {
        if (n <= 0) return;
        for (var k = 0; k < OneSample.Grid.Length; k++)
        {
            var llr = OneSample.LogLikelihoodRatio(x, n, OneSample.Alternative(k, p0), p0) / dispersion;
            _values[k] = Math.Min(_values[k] * Math.Exp(Math.Min(llr, 300)), Ceiling);
        }
    }

    /// <summary>ln of the guard's E, which uses the first ten processes only, without <paramref name="removed"/> bad requests.</summary>
    public double GuardLogEWithout(double removed, double p0, double dispersion)
    {
        if (Starts == 0) return 0;
        var sum = 0.0;
        for (var k = 0; k < OneSample.Grid.Length; k++)
        {
            var p = OneSample.Alternative(k, p0);
            var each = Math.Log(p / p0) - Math.Log((1 - p) / (1 - p0));
            sum += removed > 0 ? _values[k] * Math.Exp(-removed * each / dispersion) : _values[k];
        }
        return Math.Log(sum / OneSample.Grid.Length + 1.0 / (Starts + 1));
    }

    /// <summary>
    /// ln E as if <paramref name="removed"/> counted bad canary requests had never been seen, at the split
    /// <paramref name="w"/>: at most the E without them, whenever in the process they came.
    /// </summary>
    public double LogEWithout(double removed, double w, double rho0, double dispersion)
    {
        if (removed <= 0) return LogE;
        var sum = 0.0;
        for (var k = 0; k < _values.Length; k++)
        {
            var rho = rho0 * RateRatio.Grid[k];
            var each = LogGrid[k] - Math.Log((w * rho + 1 - w) / (w * rho0 + 1 - w));
            sum += _values[k] * Math.Exp(-removed * Math.Max(0, each) / dispersion);
        }
        return Math.Log(sum / _values.Length + 1.0 / (Starts + 1));
    }

    public void Write(CompactWriter to)
    {
        to.Long(Starts);
        foreach (var v in _values) to.Double(v);
    }

    public void Read(ref CompactReader from)
    {
        Starts = from.Count(int.MaxValue);
        for (var k = 0; k < _values.Length; k++) _values[k] = Math.Min(from.Magnitude(), Ceiling);
    }

    private void Multiply(int k, Vector256<double> llr)
    {
        var factor = Vector256.Exp(Vector256.Min(llr, Vector256.Create(300.0)));
        Vector256.Min(Vector256.Create(_values, k) * factor, Vector256.Create(Ceiling)).CopyTo(_values, k);
    }

    private double Sum()
    {
        var sum = Vector256<double>.Zero;
        for (var k = 0; k < _values.Length; k += 4) sum += Vector256.Create(_values, k);
        return Vector256.Sum(sum);
    }
}
