using Signalbox.Api;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;

namespace Signalbox.Cli.Deploying;

/// <summary>What a release by recreate costs, said before it begins.</summary>
internal static class GapText
{
    /// <param name="track">What serves there now; null where that is not known.</param>
    /// <returns>Null where nothing is stopped: another strategy, or the first release.</returns>
    public static string? Stated(EnvironmentConfiguration environment, TrackView? track)
    {
        if (environment.Strategy.Kind != StrategyKind.Recreate || track is { Stable: null }) return null;
        var stops = $"recreate stops {track?.Stable ?? "the old release"} before the new one starts";
        return track?.ExpectedGap is { } gap
            ? $"{stops}: nobody answers for about {RolloutText.Span(gap.Gap)} ({gap.Basis})"
            : $"{stops}: how long nobody answers has not been measured here yet, by its limits at most {RolloutText.Span(Longest(environment))}";
    }

    /// <summary>Drain, then grace, then the time that a start may take, of the slowest service.</summary>
    private static TimeSpan Longest(EnvironmentConfiguration environment) =>
        environment.Services.Max(service => service.DrainTimeout + service.StopGrace) + environment.Services.Max(service => service.Health.StartWithin);
}
