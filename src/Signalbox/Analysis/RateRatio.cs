namespace Signalbox.Analysis;

/// <summary>
/// The e-value of one batch of counts against "the canary's bad rate is at most ρ₀ times stable's".
/// It is exact for any batch size, split and drift of the rates; docs/judge.md has the proof.
/// </summary>
internal static class RateRatio
{
    /// <summary>Alternatives as multiples of ρ₀, equally weighted: from 1.5 times worse to an outage of a clean service.</summary>
    public static readonly double[] Grid = [1.5, 2, 3, 4.5, 7, 11, 17, 26, 40, 60, 100, 160, 250, 400, 630, 1000];

    /// <summary>What the promotion test bets on: ratios a healthy release has.</summary>
    public static readonly double[] PromoteGrid = [0.25, 0.5, 0.75, 1, 1.25];

    /// <returns>ln of the batch's e-value for the alternative ρ against the null ρ₀; 0 where an arm has no requests.</returns>
    public static double LogLikelihoodRatio(double xc, double xs, double nc, double ns, double rho, double rho0)
    {
        if (nc <= 0 || ns <= 0) return 0;
        var w = nc / (nc + ns);
        return xc * Math.Log(rho / rho0) - (xc + xs) * Math.Log((w * rho + 1 - w) / (w * rho0 + 1 - w));
    }

    /// <returns>ln E' against "the canary is at least <paramref name="margin"/> times worse", of one batch or of counts at a constant split.</returns>
    public static double LogPromote(double xc, double xs, double nc, double ns, double margin)
    {
        var logs = PromoteGrid.Where(r => r < margin).Select(r => LogLikelihoodRatio(xc, xs, nc, ns, r, margin));
        return LogMeanExp([.. logs]);
    }

    /// <returns>ln of the mean of exp, without overflow; 0 for no values.</returns>
    public static double LogMeanExp(ReadOnlySpan<double> logs)
    {
        if (logs.Length == 0) return 0;
        var max = double.NegativeInfinity;
        foreach (var l in logs) max = Math.Max(max, l);
        var sum = 0.0;
        foreach (var l in logs) sum += Math.Exp(l - max);
        return max + Math.Log(sum / logs.Length);
    }
}

/// <summary>The textbook mixture, E = mean over ρ of the product over batches: for comparison, it is not safe on bursty errors.</summary>
internal sealed class PlainRateRatio(double rho0)
{
    private readonly double[] _logs = new double[RateRatio.Grid.Length];

    public double LogE => RateRatio.LogMeanExp(_logs);

    public double Add(double xc, double xs, double nc, double ns)
    {
        for (var k = 0; k < _logs.Length; k++)
            _logs[k] += RateRatio.LogLikelihoodRatio(xc, xs, nc, ns, rho0 * RateRatio.Grid[k], rho0);
        return LogE;
    }
}
