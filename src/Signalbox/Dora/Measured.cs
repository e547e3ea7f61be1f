namespace Signalbox.Dora;

/// <summary>A number with what it was made from. No data is null, never 0 and never NaN.</summary>
internal readonly record struct Measured(double? Value, double Numerator, double Denominator)
{
    public static Measured Share(int numerator, int denominator) => new(denominator == 0 ? null : (double)numerator / denominator, numerator, denominator);

    /// <summary>The median (of an even number: the mean of the two in the middle), in seconds.</summary>
    /// <param name="of">How many there are, measured or not.</param>
    public static Measured Median(IReadOnlyCollection<TimeSpan> times, int of)
    {
        if (times.Count == 0) return new(null, 0, of);
        var sorted = times.Order().ToList();
        var middle = sorted[(sorted.Count - 1) / 2].TotalSeconds / 2 + sorted[sorted.Count / 2].TotalSeconds / 2;
        return new(middle, times.Count, of);
    }
}

/// <summary>From its first instant on, up to and without its last.</summary>
internal readonly record struct Window(DateTimeOffset From, DateTimeOffset To)
{
    public bool Has(DateTimeOffset? at) => at >= From && at < To;

    /// <summary>Seven days each, counted back from the end; the oldest may be shorter. Oldest first.</summary>
    public IReadOnlyList<Window> Weeks()
    {
        var weeks = new List<Window>();
        for (var to = To; to > From; to -= TimeSpan.FromDays(7))
            weeks.Add(new(to - From > TimeSpan.FromDays(7) ? to - TimeSpan.FromDays(7) : From, to));
        weeks.Reverse();
        return weeks;
    }
}
