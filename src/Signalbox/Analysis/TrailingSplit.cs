namespace Signalbox.Analysis;

/// <summary>
/// How the last second's requests were split. One tick of ten requests per second holds zero to three, so the tick's own
/// share would call every tick with a bad canary request a tick with a large canary, and a quarter of the evidence is lost.
/// </summary>
internal sealed class TrailingSplit
{
    private const int Ticks = 10;
    private readonly long[] _canary = new long[Ticks], _stable = new long[Ticks];
    private int _at;

    public long Canary { get; private set; }

    public long Stable { get; private set; }

    public void Add(long canary, long stable)
    {
        Canary += canary - _canary[_at];
        Stable += stable - _stable[_at];
        (_canary[_at], _stable[_at]) = (canary, stable);
        _at = (_at + 1) % Ticks;
    }

    public void Write(CompactWriter to)
    {
        for (var i = 0; i < Ticks; i++)
        {
            to.Long(_canary[(_at + i) % Ticks]);
            to.Long(_stable[(_at + i) % Ticks]);
        }
    }

    public void Read(ref CompactReader from)
    {
        for (var i = 0; i < Ticks; i++) Add(from.Count(int.MaxValue), from.Count(int.MaxValue));
    }
}
