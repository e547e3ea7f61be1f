using Signalbox.Api;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server;

/// <summary>Views as a reader without the scope <c>logs</c> sees them: what workloads printed may hold secrets.</summary>
internal static class LogTails
{
    public static StatusView Withheld(StatusView status) => status with { Tracks = [.. status.Tracks.Select(Withheld)] };

    public static TrackView Withheld(TrackView track) => track with
    {
        Rollout = track.Rollout is { } rollout ? Withheld(rollout) : null,
        Services = [.. track.Services.Select(service => service with { Arms = [.. service.Arms.Select(arm => arm with { Failure = Withheld(arm.Failure) })] })],
    };

    public static RolloutView Withheld(RolloutView rollout) => rollout with { LogTail = Withheld(rollout.LogTail) };

    public static IReadOnlyList<RolloutView> Withheld(IReadOnlyList<RolloutView> rollouts) => [.. rollouts.Select(Withheld)];

    public static Observation Withheld(Observation observation) => observation with
    {
        Track = observation.Track with
        {
            Services = [.. observation.Track.Services.Select(service => service with { Arms = [.. service.Arms.Select(arm => arm with { Failure = Withheld(arm.Failure) })] })],
        },
    };

    private static InstanceFailure? Withheld(InstanceFailure? failure) => failure is null ? null : failure with { LogTail = Withheld(failure.LogTail) };

    /// <summary>That there are lines is said: nobody shall look for what was never printed.</summary>
    private static IReadOnlyList<string> Withheld(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? lines : [$"({lines.Count} lines: reading them needs the scope logs)"];
}
