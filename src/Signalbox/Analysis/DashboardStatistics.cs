namespace Signalbox.Analysis;

/// <summary>
/// Statistics beside the judge's rule: drawn on charts and compared with in the simulation, never deciding a
/// rollback. Sources: Lindon and Malek (arXiv 2011.03567), Johari et al. (mSPRT), Howard et al. (arXiv
/// 1810.08240), Howard and Ramdas (arXiv 1906.09712).
/// </summary>
internal static class DashboardStatistics
{
    /// <returns>ln of the Bayes factor that the canary's share of the counts is not <paramref name="share"/>; for traffic-split checks.</returns>
    public static double LogLindonMalek(double xc, double xs, double share, double a, double b) =>
        LogBeta(a + xc, b + xs) - LogBeta(a, b) - xc * Math.Log(share) - xs * Math.Log(1 - share);

    /// <returns>ln Λ of the normal-mixture sequential test of a difference of two rates (asymptotic only).</returns>
    public static double LogMixtureSprt(double xc, double nc, double xs, double ns, double tau2)
    {
        var p = (xc + xs) / (nc + ns);
        var v = p * (1 - p) * (1 / nc + 1 / ns);
        if (v == 0) return 0;
        var d = xc / nc - xs / ns;
        return 0.5 * Math.Log(v / (v + tau2)) + tau2 * d * d / (2 * v * (v + tau2));
    }

    /// <returns>Half-width of the anytime-valid band around an empirical distribution of t observations.</returns>
    public static double DistributionBand(double t, double alpha) =>
        0.85 * Math.Sqrt((Math.Log(Math.Log(Math.E * t)) + 0.8 * Math.Log(1612 / alpha)) / t);

    /// <returns>The tuning r of the normal mixture that is tightest at the intrinsic time <paramref name="optimum"/>.</returns>
    public static double NormalMixtureTuning(double optimum, double alpha) =>
        optimum / (2 * Math.Log(1 / alpha) + Math.Log(1 + 2 * Math.Log(1 / alpha)));

    /// <returns>Half-width of the anytime-valid confidence sequence of a mean.</returns>
    public static double NormalMixtureRadius(double n, double variance, double alpha, double tuning)
    {
        var v = n * variance;
        return Math.Sqrt((v + tuning) * Math.Log((v + tuning) / (tuning * alpha * alpha))) / n;
    }

    /// <returns>ln of the two-sided beta-binomial mixture, for quantiles compared over time.</returns>
    public static double LogBetaBinomial(double s, double v, double p, double optimum, double alpha = 0.05)
    {
        var (g, h) = (p, 1 - p);
        var r = Math.Max(NormalMixtureTuning(optimum, alpha) - g * h, 1e-3 * g * h);
        return -((v + h * s) / h) * Math.Log(g) - (v - g * s) / g * Math.Log(h)
            + LogBeta((r + v - g * s) / g, (r + v + h * s) / h) - LogBeta(r / g, r / h);
    }

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    // Stirling's series, shifted to x >= 15 where its sixth term is below 1e-15
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 15; x++) shift += Math.Log(x);
        var i = 1 / (x * x);
        var series = (1 / 12.0 - i * (1 / 360.0 - i * (1 / 1260.0 - i * (1 / 1680.0 - i * (1 / 1188.0 - i * 691 / 360360.0))))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - shift;
    }
}
