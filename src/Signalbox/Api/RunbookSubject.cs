using Signalbox.Delivery;
using Signalbox.Runbooks;

namespace Signalbox.Api;

/// <summary>What a status tells about the subject of runbooks. Pure.</summary>
public static class RunbookSubject
{
    /// <summary>The release that serves there, whose owners things are handed to; null where nothing serves.</summary>
    public static string? Serving(StatusView status, string application, string environment) => Find(status, application, environment)?.Stable;

    /// <param name="state">The state directory, for the commands.</param>
    /// <param name="serving">As <see cref="Serving"/> names it; null where nothing does.</param>
    public static RunbookFacts Of(StatusView status, string application, string environment, string state, Release? serving)
    {
        var track = Find(status, application, environment);
        var promotion = status.Paths.FirstOrDefault(path => path.Application == application)?.Promotions.FirstOrDefault(known => known.Environment == environment);
        return new(
            state, application, environment, track?.Stable, promotion?.From, promotion?.Release,
            [.. (track?.Services ?? []).Select(service => service.Address).OfType<string>()], serving?.Owners ?? new Dictionary<string, string>());
    }

    private static TrackView? Find(StatusView status, string application, string environment) =>
        status.Tracks.FirstOrDefault(track => track.Application == application && track.Environment == environment);
}
