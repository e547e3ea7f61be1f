using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Tables;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Tables;

/// <summary>The judge of a service while the machine's wall clock is set.</summary>
public sealed class JudgeClockTests : IAsyncDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("sbx-clock").FullName;
    private readonly FakeInstances _instances = new();
    private readonly SetTime _time = new();
    private readonly Lock _gate = new();
    private readonly HostParts _parts;
    private readonly RoutedService _service;

    public JudgeClockTests()
    {
        _parts = new(
            _instances, new Listeners(_time, NullLoggerFactory.Instance), new TrackStore(_state, path => new SlotFile(path)), new JudgeFiles(_state, _time),
            new ObservationHub(_time), _time, NullLogger.Instance, CancellationToken.None);
        _service = new("shop/production", Table(), _parts, _gate);
    }

    public async ValueTask DisposeAsync()
    {
        _service.Dispose();
        await _instances.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(0)]
    [InlineData(30)]
    public async Task Frames_AreRenewed_WhateverTheWallClockIsSetTo(int minutes)
    {
        var arms = await ArmsAsync();
        Seconds(arms, 5);
        Assert.StartsWith("no history", _service.Observe().Judge!.DispersionSource, StringComparison.Ordinal);
        _time.Wall += TimeSpan.FromMinutes(minutes);
        Seconds(arms, 10);
        Assert.StartsWith("little history", _service.Observe().Judge!.DispersionSource, StringComparison.Ordinal);
        Assert.True(_service.Observe().Judge!.LogE < 5);
    }

    private async Task<List<Arm>> ArmsAsync()
    {
        lock (_gate)
        {
            var prepared = _service.Prepare(Table(), default, 1);
            prepared.Swap();
            prepared.Settle();
            _service.Scale();
        }
        await Eventually.Async(() => _instances.All.Count(instance => instance.Ready) == 2, "both ready");
        lock (_gate)
            foreach (var instance in _instances.All.ToList()) _service.Refresh(instance);
        return [.. _service.Slot.Current.Arms.Select(arm => arm.Arm)];
    }

    /// <summary>Ticks of 100 ms; every arm answers ten requests in each, the same in both.</summary>
    private void Seconds(List<Arm> arms, int seconds)
    {
        for (var tick = 0; tick < seconds * 10; tick++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            foreach (var arm in arms)
                for (var request = 0; request < 10; request++) arm.Recorder.Finished(TimeSpan.FromMilliseconds(5), false, null, _parts.Steady.GetUtcNow());
            lock (_gate) _service.Tick(_time.GetTimestamp());
        }
    }

    private static ServiceTable Table() => new(
        "web", ServiceKind.Web, null, null, null, "shop-1", [HostRig.Arm("shop-1", 1, Weight.Percent(50)), HostRig.Arm("shop-2", 1, Weight.Percent(50))], TimeSpan.Zero, HostRig.Plan());

    private sealed class SetTime : TimeProvider
    {
        private TimeSpan _since = TimeSpan.FromHours(1);

        public DateTimeOffset Wall { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => (Wall, _since) = (Wall + by, _since + by);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _since.Ticks;
    }
}
