using System.Buffers;
using System.Globalization;

namespace Signalbox.Delivery.Reading;

/// <summary>Durations as people write them: <c>300ms</c>, <c>30s</c>, <c>1m30s</c>, <c>1.5h</c>; at most 30 days.</summary>
internal static class Durations
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Length is 0 or > 40) return false;
        var rest = text.AsSpan();
        var ticks = 0m;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            rest = rest[digits..];
            if (Unit(ref rest) is not { } unit || number > 1_000_000_000_000m) return false;
            ticks += number * unit;
            if (ticks > Longest.Ticks) return false;
        }
        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>As <see cref="TryParse"/> reads it again: <c>1d12h</c>, <c>30s</c>, <c>0s</c>; to the millisecond.</summary>
    public static string Text(TimeSpan duration)
    {
        (int Number, string Unit)[] parts = [(duration.Days, "d"), (duration.Hours, "h"), (duration.Minutes, "m"), (duration.Seconds, "s"), (duration.Milliseconds, "ms")];
        var text = string.Concat(parts.Where(part => part.Number > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Number}{part.Unit}")));
        return text.Length > 0 ? text : "0s";
    }

    private static long? Unit(ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAny(Digits);
        var unit = length < 0 ? rest : rest[..length];
        rest = rest[unit.Length..];
        return unit switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        };
    }
}

/// <summary>Percentages as people write them: <c>99.95%</c>.</summary>
internal static class Percentages
{
    /// <param name="share">0 to 1 for 0 % to 100 %.</param>
    public static bool TryParse(string text, out double share)
    {
        share = 0;
        if (text.Length > 20 || !text.EndsWith('%')) return false;
        if (!decimal.TryParse(text.AsSpan(0, text.Length - 1).TrimEnd(' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)) return false;
        if (percent is < 0 or > 100) return false;
        share = (double)(percent / 100m);
        return true;
    }
}
