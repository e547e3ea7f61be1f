namespace Signalbox.Analysis;

/// <summary>xoshiro256**: the same numbers for the same seed on every machine and runtime.</summary>
internal struct SimulatedRandom
{
    private ulong _a, _b, _c, _d;

    public SimulatedRandom(ulong seed)
    {
        _a = KeyTable.Mix(seed + 0x9E3779B97F4A7C15);
        _b = KeyTable.Mix(_a + 0x9E3779B97F4A7C15);
        _c = KeyTable.Mix(_b + 0x9E3779B97F4A7C15);
        _d = KeyTable.Mix(_c + 0x9E3779B97F4A7C15);
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));
}

/// <summary>Draws Poisson counts of one mean by a table of the distribution.</summary>
internal sealed class PoissonTable
{
    private readonly double[] _cumulated;

    public PoissonTable(double mean)
    {
        var cells = new List<double>();
        var (p, sum) = (Math.Exp(-mean), 0.0);
        for (var k = 0; sum < 1 - 1e-13 && k < 10 * mean + 60; k++)
        {
            sum += p;
            cells.Add(sum);
            p *= mean / (k + 1);
        }
        _cumulated = [.. cells];
    }

    public int Draw(ref SimulatedRandom random)
    {
        var u = random.Unit();
        if (u < _cumulated[0]) return 0;
        var found = Array.BinarySearch(_cumulated, u);
        return Math.Min(found < 0 ? ~found : found + 1, _cumulated.Length - 1);
    }
}
