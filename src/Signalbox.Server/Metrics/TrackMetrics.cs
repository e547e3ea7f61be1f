using Signalbox.Api;

namespace Signalbox.Server.Metrics;

/// <summary>What the host shows of the services that run.</summary>
internal static class TrackMetrics
{
    public static IEnumerable<MetricFamily> Of(StatusView status, TrafficCounters traffic)
    {
        var sums = traffic.Sums;
        yield return MetricFamily.Counter("signalbox_requests_total", "Requests that the host answered, by the role of the release that answered.",
            [.. sums.Select(sum => new MetricSample(sum.Requests, ("application", sum.Application), ("environment", sum.Environment), ("service", sum.Service), ("role", sum.Role)))]);
        yield return MetricFamily.Counter("signalbox_bad_requests_total", "Requests that were answered badly: 5xx, no answer, or too late.",
            [.. sums.Select(sum => new MetricSample(sum.Bad, ("application", sum.Application), ("environment", sum.Environment), ("service", sum.Service), ("role", sum.Role)))]);
        yield return Arms(status, "signalbox_instances_desired", "Instances that are asked for.", arm => arm.Desired);
        yield return Arms(status, "signalbox_instances_ready", "Instances that may take traffic.", arm => arm.Ready);
        yield return Arms(status, "signalbox_weight_ratio", "Share of the traffic, 0 to 1.", arm => arm.Weight.Share);
        yield return Judge(status, "signalbox_judge_log_evidence", "Evidence against the canary: ln of the e-value. At its boundary the release is taken back.", judge => judge.LogE);
        yield return Judge(status, "signalbox_judge_log_evidence_boundary", "ln(1/alpha), where the release is taken back.", judge => judge.LogThreshold);
        yield return Judge(status, "signalbox_judge_log_advance", "Evidence for the canary: ln of the e-value. At its boundary it may advance.", judge => judge.LogPromote);
        yield return Judge(status, "signalbox_judge_log_advance_boundary", "ln(1/beta), where the canary may advance.", judge => judge.LogPromoteThreshold);
    }

    private static MetricFamily Arms(StatusView status, string name, string help, Func<ArmView, double> value) => MetricFamily.Gauge(name, help,
    [
        .. from track in status.Tracks
           from service in track.Services
           from role in service.Arms.GroupBy(arm => arm.Role)
           select new MetricSample(role.Sum(value), ("application", track.Application), ("environment", track.Environment), ("service", service.Service), ("role", role.Key)),
    ]);

    private static MetricFamily Judge(StatusView status, string name, string help, Func<Analysis.JudgeReport, double> value) => MetricFamily.Gauge(name, help,
    [
        .. from track in status.Tracks
           from service in track.Services
           where service.Judge is not null
           select new MetricSample(value(service.Judge!), ("application", track.Application), ("environment", track.Environment), ("service", service.Service)),
    ]);
}
