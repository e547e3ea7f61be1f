namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>A report's own totals, refused where they cannot be: a share above one would pass any gate.</summary>
internal static class Totals
{
    /// <returns>Null where one of the two is not stated.</returns>
    public static Covered? Of(string? covered, string? total) =>
        Whole(covered) is { } part && Whole(total) is { } all ? Checked(part, all) : null;

    public static Covered Checked(long covered, long total) => covered >= 0 && covered <= total
        ? new(covered, total)
        : throw new ReportRefusedException($"the report says that {covered} of {total} are covered");

    /// <summary>Some writers put a count as "12.0".</summary>
    private static long? Whole(string? text)
    {
        if (Values.Count(text) is { } count) return count;
        return Values.Number(text) is { } number && number >= 0 && number <= long.MaxValue / 2 && number == Math.Floor(number) ? (long)number : null;
    }
}
