using System.Globalization;
using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery.Policies;

/// <summary>Canonical texts of settings as values.</summary>
internal static class GateValues
{
    private static readonly string[] s_severities = ["info", "low", "medium", "high", "critical", "none"];

    public static double Share(IReadOnlyList<string>? values) => values is [var text] && Percentages.TryParse(text, out var share) ? share : 0;

    public static int Count(IReadOnlyList<string>? values) => values is [var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    public static TimeSpan? Age(IReadOnlyList<string>? values) => values is [var text] && Durations.TryParse(text, out var age) ? age : null;

    /// <summary>0 for info to 4 for critical; 5 blocks nothing.</summary>
    public static int Rank(IReadOnlyList<string>? values) => values is [var text] && Array.IndexOf(s_severities, text) is >= 0 and var rank ? rank : 5;

    public static bool Denies(IReadOnlyList<string>? values) => values is not ["allow"];

    /// <summary>An entry of <c>levels</c>: <c>LEVEL BUILDER</c> or <c>LEVEL BUILDER KEY</c>.</summary>
    public static string[] Level(string text) => text.Split(' ', 3);

    /// <summary>Whether several keys sign for several levels, and it is not said which key is which builder's: each could claim to be the best.</summary>
    public static bool AreAmbiguous(GateRule rule) => rule.Values("keys").Count > 1 && rule.Values("levels") is { Count: > 1 } levels && levels.Any(text => Level(text).Length < 3);

    /// <returns>What is wrong with a setting that did not come through the reader; null where nothing is.</returns>
    public static string? Problem(SettingShape setting, IReadOnlyList<string>? values) => setting.Kind switch
    {
        _ when values is null || values.Count is 0 or > PolicyLimits.MostValues || values.Any(value => value is not { Length: > 0 and <= PolicyLimits.MostValueLength }) =>
            $"expected 1 to {PolicyLimits.MostValues} texts",
        SettingKind.Share => values is [var text] && Percentages.TryParse(text, out _) ? null : "expected a percentage such as 80%",
        SettingKind.Count => values is [var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100 ? null : "expected a number from 0 to 100",
        SettingKind.Age => Age(values) is { } age && age > TimeSpan.Zero ? null : "expected a duration such as 24h",
        SettingKind.Threshold => values is [var text] && s_severities.Contains(text) ? null : $"expected one of {string.Join(", ", s_severities)}",
        SettingKind.Switch => values is ["allow"] or ["deny"] ? null : "expected allow or deny",
        _ => null,
    };
}
