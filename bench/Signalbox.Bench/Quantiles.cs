namespace Signalbox.Bench;

/// <summary>Quantiles of a sample (nearest rank), and how sure the median is.</summary>
internal sealed class Quantiles
{
    private const int Resamples = 2000;
    private readonly double[] _sorted;

    public Quantiles(IEnumerable<double> values) => _sorted = [.. values.Order()];

    public int Count => _sorted.Length;

    public double Max => At(1);

    public double Median => At(0.5);

    public double At(double q) => _sorted.Length == 0 ? double.NaN : _sorted[Math.Clamp((int)Math.Ceiling(q * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    /// <summary>95 % interval of the median, by resampling (percentile bootstrap, fixed seed).</summary>
    public (double Low, double High) MedianInterval()
    {
        var random = new Random(1);
        var medians = new Quantiles(Enumerable.Range(0, Resamples).Select(_ => Resample(random).Median));
        return (medians.At(0.025), medians.At(0.975));
    }

    private Quantiles Resample(Random random) => new(_sorted.Select(_ => _sorted[random.Next(_sorted.Length)]));
}
