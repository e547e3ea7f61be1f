using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Verbs;

/// <summary>The application and environment a verb is about: what was named, or the only one there is.</summary>
internal static class TrackChoice
{
    public static async Task<TrackView> FindAsync(ControlPlaneClient client, string verb, string? application, string? environment, CancellationToken cancel)
    {
        var status = await client.StatusAsync(cancel).ConfigureAwait(false);
        return One(status.Tracks, track => track.Track, verb, application, environment);
    }

    /// <summary>The one application of the signalbox.yaml in this directory, as `deploy` takes it; null where it names none or several.</summary>
    private static string? OfTheFileHere() =>
        File.Exists(DeliveryFileReader.DefaultName) && DeliveryFileReader.ReadFile(DeliveryFileReader.DefaultName).Applications is [var only] ? only.Name : null;

    /// <summary>The only one of <paramref name="tracks"/> that the names leave.</summary>
    /// <param name="name">Its name, <c>APPLICATION/ENVIRONMENT</c>.</param>
    /// <exception cref="SignalboxException">There is none, or there are several.</exception>
    public static T One<T>(IReadOnlyList<T> tracks, Func<T, string> name, string verb, string? application, string? environment)
    {
        var left = tracks.Where(track => name(track).Split('/') is [var app, var env]
            && (application is null || app == application) && (environment is null || env == environment)).ToList();
        if (left.Count > 1 && application is null && OfTheFileHere() is { } here)
            left = left.Where(track => name(track).Split('/')[0] == here).ToList() is { Count: > 0 } own ? own : left;
        if (left.Count == 1) return left[0];
        var known = tracks.Count == 0 ? "nothing has gone out yet" : $"known: {string.Join(", ", tracks.Select(name))}";
        if (left.Count == 0)
            throw new SignalboxException(ExitCode.No, Finding.Error(
                "track-none", $"nothing has gone out to {application ?? "any application"}/{environment ?? "any environment"}; {known}", new("command line"), "signalbox status"));
        var first = name(left[0]).Split('/');
        throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "track-ambiguous", $"{left.Count} environments match; {known}", new("command line"), $"signalbox {verb} --app {first[0]} --env {first[1]}"));
    }
}
