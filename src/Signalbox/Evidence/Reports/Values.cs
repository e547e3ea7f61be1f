using System.Globalization;

namespace Signalbox.Evidence.Reports;

/// <summary>Reads what reports write as text; what cannot be read is nothing.</summary>
internal static class Values
{
    private static readonly DateTimeOffset s_earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>ISO 8601 with any fraction of a second, also with a space for the T; without an offset it is UTC. A zero time (Go's year 1) is none.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time > s_earliest ? time : null;

    /// <summary>Seconds or milliseconds since 1970, for writers differ, or ISO 8601.</summary>
    public static DateTimeOffset? UnixTime(string? text) => Count(text) switch
    {
        { } milliseconds and > 100_000_000_000 and < 100_000_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        { } seconds and > 600_000_000 and <= 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(seconds),
        null => Time(text),
        _ => null,
    };

    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A count: whole, not negative.</summary>
    public static long? Count(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>The parts between commas, without spaces around them.</summary>
    public static IEnumerable<string> List(string? text) =>
        text is null ? [] : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
