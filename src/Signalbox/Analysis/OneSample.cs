namespace Signalbox.Analysis;

/// <summary>Tests of one arm's bad rate against a stated rate: nothing to compare with, or too few errors to compare.</summary>
internal static class OneSample
{
    /// <summary>Alternatives of the guard as multiples of p0; none above 0.95.</summary>
    public static readonly double[] Grid = [1.5, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    /// <summary>What the advancing test bets on, as shares of the limit, and how much on each.</summary>
    /// <remarks>Most of the bet is on "no errors at all", so that n clean requests exclude about 3.2/n at β = 0.05.</remarks>
    public static readonly (double Share, double Weight)[] Below = [(0, 0.8), (1 / 16.0, 0.05), (1 / 8.0, 0.05), (0.25, 0.05), (0.5, 0.05)];

    public static double Alternative(int k, double p0) => Math.Min(0.95, p0 * Grid[k]);

    /// <returns>ln of the e-value of x bad among n for the rate p against p0.</returns>
    public static double LogLikelihoodRatio(double x, double n, double p, double p0)
    {
        var good = (n - x) * (Math.Log(1 - p) - Math.Log(1 - p0));
        return x == 0 ? good : good + x * Math.Log(p / p0);
    }

    /// <returns>ln E against "the bad rate is at most p0" (the SLO guard, of cumulative counts).</returns>
    public static double LogGuard(double x, double n, double p0)
    {
        Span<double> logs = stackalloc double[Grid.Length];
        for (var k = 0; k < logs.Length; k++) logs[k] = LogLikelihoodRatio(x, n, Alternative(k, p0), p0);
        return RateRatio.LogMeanExp(logs);
    }

    /// <returns>ln E against "the bad rate is at least <paramref name="limit"/>".</returns>
    /// <remarks>Counts are enough: products over ticks of one rate are powers of the totals, so splitting ticks changes nothing.</remarks>
    public static double LogBelow(double x, double n, double limit, double dispersion)
    {
        if (n <= 0 || limit is <= 0 or >= 1) return 0;
        var sum = 0.0;
        foreach (var (share, weight) in Below)
        {
            if (share == 0 && x > 0) continue;
            sum += weight * Math.Exp(Math.Min(700, LogLikelihoodRatio(x, n, share * limit, limit) / dispersion));
        }
        return sum > 0 ? Math.Log(sum) : double.MinValue;
    }
}
