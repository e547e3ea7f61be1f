using Signalbox.Dora;

namespace Signalbox.Server.Metrics;

/// <summary>The five keys per application and environment; what has no value has no series.</summary>
internal static class DoraMetrics
{
    private static readonly (string Name, string Help)[] s_keys =
    [
        ("signalbox_dora_deployment_frequency_per_day", "Deployments a day."),
        ("signalbox_dora_change_lead_time_seconds", "Median time from a commit to all users having it."),
        ("signalbox_dora_change_failure_ratio", "Share of deployments that hurt users, 0 to 1."),
        ("signalbox_dora_recovery_time_seconds", "Median time to mend a failed deployment."),
        ("signalbox_dora_rework_ratio", "Share of deployments that mend another one, 0 to 1."),
    ];

    /// <param name="mostTracks">Others are only counted, the busiest first.</param>
    public static IReadOnlyList<MetricFamily> Of(DoraFacts facts, DateTimeOffset now, int days, int mostTracks)
    {
        var tracks = facts.Deployments.CountBy(deployment => (deployment.Application, deployment.Environment))
            .OrderByDescending(track => track.Value).ThenBy(track => track.Key.ToString(), StringComparer.Ordinal).Select(track => track.Key).ToList();
        var views = tracks.Take(mostTracks).Select(track => DoraReport.Of(facts, new(track.Application, track.Environment, now - TimeSpan.FromDays(days), now), "")).ToList();
        return
        [
            MetricFamily.Gauge("signalbox_dora_window_seconds", "The window of the DORA metrics.", new MetricSample(TimeSpan.FromDays(days).TotalSeconds)),
            MetricFamily.Gauge("signalbox_dora_tracks_left_out", "Applications and environments without DORA metrics of their own.", new MetricSample(Math.Max(0, tracks.Count - mostTracks))),
            .. s_keys.Select((key, i) => MetricFamily.Gauge(key.Name, key.Help,
                [.. views.Where(view => view.Keys[i].Value is not null).Select(view => new MetricSample(view.Keys[i].Value!.Value, ("application", view.Application!), ("environment", view.Environment)))])),
            MetricFamily.Gauge("signalbox_principle_ratio", "Share by which a principle is kept, 0 to 1.",
                [.. views.SelectMany(view => view.Principles.Where(principle => principle.Share is not null)
                    .Select(principle => new MetricSample(principle.Share!.Value, ("application", view.Application!), ("environment", view.Environment), ("principle", principle.Principle))))]),
        ];
    }
}
