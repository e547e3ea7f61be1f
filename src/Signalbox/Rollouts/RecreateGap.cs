using System.Globalization;
using Signalbox.Delivery;

namespace Signalbox.Rollouts;

/// <summary>How long nobody answers while recreate stops one release and starts the next.</summary>
/// <param name="Basis">Where the number comes from, for people.</param>
public sealed record GapEstimate(TimeSpan Gap, string Basis);

/// <summary>The gap of recreate: stated from what was measured here before, measured by the host.</summary>
public static class RecreateGap
{
    /// <returns>The median of the last gaps here; before the first, how long the serving release took to start. Null where neither is known.</returns>
    public static GapEstimate? Expected(TrackState state)
    {
        if (state.Gaps.Order().ToList() is { Count: > 0 } gaps)
            return new((gaps[(gaps.Count - 1) / 2] + gaps[gaps.Count / 2]) / 2, gaps.Count == 1 ? "as measured here the last time" : $"the median of the last {gaps.Count} measured here, {Seconds(gaps[0])} to {Seconds(gaps[^1])} s");
        return state.StartTook is { } start
            ? new(start, $"{state.Stable?.Release} took so long to start; how long it takes to stop is not known yet")
            : null;
    }

    private static string Seconds(TimeSpan gap) => gap.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The longest gap of a web service since this rollout stopped the old release; null where the host shows none.</summary>
    /// <remarks>An application without web services answers nobody: its gap is the time without workers, by the machine's own clock.</remarks>
    internal static TimeSpan? Measured(RolloutState rollout, Fleet fleet)
    {
        if (rollout.StopGeneration == 0) return null;
        if (rollout.Plan.Configuration.Services.All(service => service.Kind != ServiceKind.Web)) return rollout.TookOverAt - rollout.StoppedAt;
        return fleet.LongestGap(since: rollout.Gap is null ? rollout.StopGeneration : rollout.StepGeneration);
    }
}
