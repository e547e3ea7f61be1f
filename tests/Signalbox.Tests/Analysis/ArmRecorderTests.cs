using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class ArmRecorderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Finished_FromManyThreads_LosesNothingWhileDrained()
    {
        const int PerThread = 20_000, Threads = 4;
        var recorder = new ArmRecorder();
        var writers = Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < PerThread; i++) recorder.Finished(Fast, bad: i % 10 == 0, key: null, Now);
        })));
        var (requests, bad, latencies) = (0L, 0L, 0L);
        while (true)
        {
            var done = writers.IsCompleted;
            var sample = recorder.Drain();
            Assert.True(sample.Bad <= sample.Requests + Threads);
            requests += sample.Requests;
            bad += sample.Bad;
            foreach (var (_, count) in sample.Latency.Span) latencies += count;
            if (done) break;
        }
        await writers;
        Assert.Equal((Threads * PerThread, Threads * PerThread / 10, Threads * PerThread), (requests, bad, latencies));
        Assert.Equal((Threads * PerThread, Threads * PerThread / 10), recorder.Totals);
    }

    [Fact]
    public async Task Drain_WhileClientsFail_NeverHoldsAClientWithoutItsBadRequest()
    {
        var recorder = new ArmRecorder();
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++) recorder.Finished(Fast, bad: true, key: (ulong)((t * 20_000) + i), Now);
        })));
        while (!writers.IsCompleted)
        {
            var sample = recorder.Drain();
            Assert.InRange(sample.BadKeys.Length, 0, sample.Bad);
        }
        await writers;
    }

    [Fact]
    public void Finished_OneClientFailingAlways_IsOneBadRequestInTenSeconds()
    {
        var recorder = new ArmRecorder();
        for (var i = 0; i < 250; i++) recorder.Finished(Fast, bad: true, key: 7, Now.AddMilliseconds(100 * i));
        var sample = recorder.Drain();
        Assert.Equal(3, sample.Bad);
        Assert.Equal([7UL, 7UL, 7UL], sample.BadKeys.ToArray());
        Assert.Equal((250, 250), recorder.Totals);
    }

    [Fact]
    public void Finished_OneClientFlooding_CountsTwentyRequestsInTenSeconds()
    {
        var recorder = new ArmRecorder();
        for (var i = 0; i < 5000; i++) recorder.Finished(Fast, bad: false, key: 7, Now);
        for (var i = 0; i < 30; i++) recorder.Finished(Fast, bad: false, key: (ulong)(1000 + i), Now);
        var sample = recorder.Drain();
        Assert.Equal(50, sample.Requests);
        Assert.Equal(31, sample.KeyedLatency.Length);
    }

    [Fact]
    public void Finished_ByAFloodOfKeys_KeepsMemoryBoundedAndAllocatesNothing()
    {
        var recorder = new ArmRecorder();
        recorder.Finished(Fast, true, 1, Now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0UL; i < 100_000; i++) recorder.Finished(Fast, bad: true, key: i, Now);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(recorder.Drain().BadKeys.Length, 1, 64);
    }

    [Fact]
    public void OverAge_IsOneBadRequest_OlderThanTheTick()
    {
        var recorder = new ArmRecorder();
        recorder.OverAge(TimeSpan.FromSeconds(10), key: null, Now);
        var sample = recorder.Drain();
        Assert.Equal((1, 1), (sample.Requests, sample.Bad));
        Assert.Equal(Now.AddSeconds(-10), sample.Began);
        Assert.Same(ArmSample.Empty, recorder.Drain());
    }
}
