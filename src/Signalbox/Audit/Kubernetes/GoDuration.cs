using System.Globalization;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Durations as Go's <c>time.ParseDuration</c> reads them: <c>30s</c>, <c>1h15m</c>.</summary>
internal static class GoDuration
{
    /// <summary>The duration, or null where the text is none. A number alone counts seconds, as Argo Rollouts reads pauses.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null or "") return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var plain)) return Of(plain, 1);
        var total = 0d;
        for (var at = 0; at < text.Length;)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            if (!double.TryParse(text.AsSpan(digits, unit - digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || Seconds(text[unit..at]) is not { } seconds)
                return null;
            total += number * seconds;
        }
        return Of(total, 1);
    }

    private static TimeSpan? Of(double count, double seconds) => count * seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(count * seconds) : null;

    private static double? Seconds(string unit) => unit switch
    {
        "ns" => 1e-9,
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => null,
    };
}
