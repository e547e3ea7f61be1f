namespace Signalbox.Host.Supervision;

/// <summary>
/// Waits between failing runs: doubling from the first to the most, each with up to 20 % taken off at random so
/// that instances which failed together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan most, TimeSpan healthyResets, Func<double> random)
{
    private const double Jitter = 0.2;
    private int _failures;

    /// <param name="wasReadyFor">How long the run that failed had been ready.</param>
    public TimeSpan Next(TimeSpan wasReadyFor)
    {
        if (wasReadyFor >= healthyResets) _failures = 0;
        // 2^20 times the first is beyond any sensible most, and does not overflow
        var wait = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 20)), most.TotalMilliseconds);
        _failures++;
        return TimeSpan.FromMilliseconds(wait * (1 - (Jitter * random())));
    }
}
