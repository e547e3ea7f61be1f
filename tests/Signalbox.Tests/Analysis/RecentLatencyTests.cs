using CsCheck;
using Signalbox.Analysis;

namespace Signalbox.Tests.Analysis;

public sealed class RecentLatencyTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public void At_WithoutRequests_IsNull() => Assert.Null(new RecentLatency().At(s_now));

    [Fact]
    public void At_OneRequest_IsItsBucket()
    {
        var recent = new RecentLatency();
        recent.Add(Sample(null, 20), s_now);
        var seen = recent.At(s_now)!;
        Assert.Equal(seen.P50, seen.P99);
        Assert.InRange(seen.P50.TotalMilliseconds, 20, 20 * 1.1);
    }

    [Fact]
    public void At_StickyClients_CountToo()
    {
        var recent = new RecentLatency();
        recent.Add(Sample(7, 20), s_now);
        Assert.InRange(recent.At(s_now)!.P50.TotalMilliseconds, 20, 20 * 1.1);
    }

    [Fact]
    public void At_Later_TheNewerOutweighTheOlder()
    {
        var recent = new RecentLatency();
        recent.Add(Sample(null, [.. Enumerable.Repeat(100.0, 100)]), s_now);
        recent.Add(Sample(null, [.. Enumerable.Repeat(10.0, 60)]), s_now.AddSeconds(5));
        Assert.InRange(recent.At(s_now.AddSeconds(5))!.P50.TotalMilliseconds, 10, 11);
        Assert.InRange(recent.At(s_now.AddSeconds(5))!.P99.TotalMilliseconds, 100, 110);
        Assert.Null(recent.At(s_now.AddMinutes(1)));
    }

    /// <summary>Of requests at one time the quantiles are those of the sorted list, to the width of a bucket.</summary>
    [Fact]
    public void At_AnyRequests_AreTheirQuantiles() => Gen.Double[0.2, 5000].Array[1, 300].Sample(milliseconds =>
    {
        var recent = new RecentLatency();
        recent.Add(Sample(null, milliseconds), s_now);
        var (seen, sorted) = (recent.At(s_now)!, milliseconds.Order().ToArray());
        double At(double quantile) => sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length - 1e-9) - 1)];
        return Near(seen.P50.TotalMilliseconds, At(0.5)) && Near(seen.P99.TotalMilliseconds, At(0.99));
    });

    private static bool Near(double bound, double exact) => bound >= exact * 0.999 && bound <= exact * 1.1;

    private static ArmSample Sample(ulong? key, params double[] milliseconds)
    {
        var recorder = new ArmRecorder();
        foreach (var each in milliseconds) recorder.Finished(TimeSpan.FromMilliseconds(each), bad: false, key, s_now);
        return recorder.Drain();
    }
}
