namespace Signalbox.Tests.Rollouts.Simulation;

internal sealed class SimulatedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now => _now;

    private TimeSpan _sinceBoot = TimeSpan.FromHours(1);
    private TimeSpan _set;

    public override DateTimeOffset GetUtcNow() => _now + _set;

    public override long GetTimestamp() => _sinceBoot.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by) => (_now, _sinceBoot) = (_now + by, _sinceBoot + by);

    /// <summary>Somebody sets the wall clock; the world, which lives by <see cref="Now"/>, goes on.</summary>
    public void Set(TimeSpan by) => _set += by;
}
