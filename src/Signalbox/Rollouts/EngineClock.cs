namespace Signalbox.Rollouts;

/// <summary>One moment by the wall and by the machine's clock since its boot.</summary>
/// <param name="Boot">Which boot of which machine; empty where that is not known.</param>
/// <param name="SinceBoot">By the monotonic clock, which every process of one boot shares.</param>
internal sealed record ClockAnchor(DateTimeOffset At, string Boot, TimeSpan SinceBoot);

/// <summary>
/// The wall's time at the start, carried on by the monotonic clock: a wall clock that is set moves nothing by itself.
/// The engine writes the step down, moves every deadline by it, and only then follows.
/// </summary>
internal sealed class EngineClock
{
    /// <summary>Smaller differences are drift and are gathered until they are one.</summary>
    public static readonly TimeSpan SmallestStep = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly string _boot;
    private readonly long _since;
    private DateTimeOffset _from;

    public EngineClock(TimeProvider time, string boot)
    {
        (_time, _boot) = (time, boot);
        (_from, _since) = (time.GetUtcNow(), time.GetTimestamp());
    }

    public DateTimeOffset Now => _from + _time.GetElapsedTime(_since);

    public ClockAnchor Anchor => new(Now, _boot, SinceBoot);

    /// <summary>Monotonic time for what lives no longer than this process.</summary>
    public TimeSpan SinceBoot => _time.GetElapsedTime(0);

    /// <summary>How far the wall clock was set since it was last followed; zero for drift.</summary>
    public TimeSpan Step()
    {
        var step = _time.GetUtcNow() - Now;
        return step.Duration() < SmallestStep ? TimeSpan.Zero : step;
    }

    public void Follow(TimeSpan step) => _from += step;

    /// <summary>Follows a step of this process that turns out to be written down, so that it is not seen as a step once more.</summary>
    public void FollowTo(ClockAnchor anchor) => Follow(anchor.At + (SinceBoot - anchor.SinceBoot) - Now);

    /// <summary>How far the wall clock was set between an earlier process's anchor and now.</summary>
    /// <param name="newest">The newest time in the ledger: after another boot all that is known is that it has passed.</param>
    public TimeSpan StepSince(ClockAnchor? anchor, DateTimeOffset newest)
    {
        var sameBoot = anchor is { Boot.Length: > 0 } && anchor.Boot == _boot && SinceBoot >= anchor.SinceBoot;
        var step = sameBoot ? Now - (anchor!.At + (SinceBoot - anchor.SinceBoot)) : Now < newest ? Now - newest : TimeSpan.Zero;
        return step.Duration() < SmallestStep ? TimeSpan.Zero : step;
    }
}
