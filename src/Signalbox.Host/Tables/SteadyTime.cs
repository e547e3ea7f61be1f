namespace Signalbox.Host.Tables;

/// <summary>
/// The wall's time at the start, carried on by the monotonic clock: what the judge measures with. A wall clock that is set moves
/// nothing then, neither the renewal of its thresholds nor the time that a client's evidence waits.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _from = time.GetUtcNow();
    private readonly long _since = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _from + time.GetElapsedTime(_since);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
