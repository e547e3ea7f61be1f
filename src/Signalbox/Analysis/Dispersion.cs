namespace Signalbox.Analysis;

/// <summary>How much bad requests clump: variance over mean of their counts, 1 where they are independent.</summary>
internal static class Dispersion
{
    /// <summary>Assumed where stable has shown too little: between independent errors (1) and bursts of five (5).</summary>
    public const double Assumed = 2;

    public const double Highest = 20;

    /// <summary>Fewer bad requests than this make the estimate too noisy to go below <see cref="Assumed"/>.</summary>
    public const int EnoughBad = 50;

    /// <summary>Fewer seconds of traffic than this hold too few 60 s windows.</summary>
    public const int EnoughSeconds = 600;

    private const int EnoughWindows = 10;
    private static readonly int[] Windows = [1, 10, 60];

    /// <param name="rows">Second, requests and bad ones of it, in order of time.</param>
    /// <returns>The greatest of the windows' estimates, within 1 and 20; 1 where no window size has ten windows.</returns>
    public static double Estimate(ReadOnlySpan<(long Second, int Requests, int Bad)> rows)
    {
        long requests = 0, bad = 0;
        foreach (var row in rows) (requests, bad) = (requests + row.Requests, bad + row.Bad);
        if (bad == 0) return 1;
        var rate = (double)bad / requests;
        var worst = 1.0;
        foreach (var window in Windows) worst = Math.Max(worst, OfWindows(rows, window, rate));
        return Math.Min(worst, Highest);
    }

    // (x - pn)²/pn instead of var/mean: the same where traffic is even, and it does not take a change of load for clumping
    private static double OfWindows(ReadOnlySpan<(long Second, int Requests, int Bad)> rows, int seconds, double rate)
    {
        var (sum, windows) = (0.0, 0);
        for (var i = 0; i < rows.Length;)
        {
            var window = rows[i].Second / seconds;
            long requests = 0, bad = 0;
            for (; i < rows.Length && rows[i].Second / seconds == window; i++)
                (requests, bad) = (requests + rows[i].Requests, bad + rows[i].Bad);
            if (requests == 0) continue;
            var expected = rate * requests;
            sum += (bad - expected) * (bad - expected) / expected;
            windows++;
        }
        if (windows < EnoughWindows) return 1;
        // the greatest of three noisy estimates would call every clean service clumped: two standard errors are noise
        var estimate = sum / (windows - 1);
        return estimate > 1 + 2 * Math.Sqrt(2.0 / (windows - 1)) ? estimate : 1;
    }
}
