using Signalbox.Api;
using Signalbox.Dora;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Server.Metrics;

/// <summary>Everything that is measured, as families, when it is asked for. Series are bounded by what Signalbox itself runs.</summary>
/// <param name="more">Families of other parts.</param>
internal sealed class MetricsSource(string version, IControlPlane plane, LedgerFeed ledger, DoraBook dora, TimeProvider time, Func<IEnumerable<MetricFamily>> more) : IAsyncDisposable
{
    /// <summary>DORA's window on a dashboard; the report takes any.</summary>
    public const int DoraDays = 30;

    /// <summary>Tracks with gauges of their own: reports of other pipelines may name any number of applications.</summary>
    private const int MostTracks = 50;

    private static readonly TimeSpan s_doraAge = TimeSpan.FromMinutes(1), s_sample = TimeSpan.FromSeconds(1);

    private readonly TrafficCounters _traffic = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _sampling;
    private (DateTimeOffset At, IReadOnlyList<MetricFamily> Families)? _dora;

    private async Task<StatusView> SampleAsync(CancellationToken cancel)
    {
        var status = await plane.StatusAsync(cancel).ConfigureAwait(false);
        _traffic.Observe(status);
        return status;
    }

    public async Task<IReadOnlyList<MetricFamily>> FamiliesAsync(CancellationToken cancel)
    {
        // nothing is spent where nobody looks
        lock (_gate) _sampling ??= Task.Run(KeepSamplingAsync, CancellationToken.None);
        var status = await SampleAsync(cancel).ConfigureAwait(false);
        var facts = dora.Facts;
        return [.. Process(), .. ControlPlane(status), .. TrackMetrics.Of(status, _traffic), .. Ended(facts), .. Gates(facts), .. Dora(facts), .. more()];
    }

    /// <summary>Between two looks of a monitoring system a canary may have become stable, or be gone: its requests must be counted before.</summary>
    private async Task KeepSamplingAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_sample, _stopping.Token).ConfigureAwait(false);
                await SampleAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // the next one counts what this one missed
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_sampling is { } sampling) await sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private IEnumerable<MetricFamily> Process()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        yield return MetricFamily.Gauge("signalbox_build_info", "The version that runs; always 1.", new MetricSample(1, ("version", version)));
        yield return MetricFamily.Counter("process_cpu_seconds_total", "Processor time of the control plane.", new MetricSample(self.TotalProcessorTime.TotalSeconds));
        yield return MetricFamily.Gauge("process_resident_memory_bytes", "Memory of the control plane.", new MetricSample(self.WorkingSet64));
        yield return MetricFamily.Gauge("process_start_time_seconds", "When the control plane started, in seconds since 1970.", new MetricSample(new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0));
    }

    private IEnumerable<MetricFamily> ControlPlane(StatusView status)
    {
        yield return MetricFamily.Gauge("signalbox_host_connected", "1 while the host answers.", new MetricSample(status.HostConnected ? 1 : 0));
        yield return MetricFamily.Gauge("signalbox_warnings", "Warnings that status shows.", new MetricSample(status.Warnings.Count));
        yield return MetricFamily.Counter("signalbox_ledger_entries_total", "Entries of the ledger.", new MetricSample(ledger.Head.Sequence));
        var phases = status.Tracks.Select(track => track.Rollout is { EndedAt: null } rollout ? rollout.Phase : "Idle").CountBy(phase => phase).ToDictionary();
        var known = Enum.GetValues<Phase>().Where(phase => !phase.IsEnded()).Select(phase => phase.ToString()).Append("Idle").ToList();
        yield return MetricFamily.Gauge("signalbox_rollouts", "Tracks by the phase of their rollout; Idle where none runs.",
            [.. known.Select(phase => new MetricSample(phases.GetValueOrDefault(phase), ("phase", phase)))]);
    }

    private static IEnumerable<MetricFamily> Ended(DoraFacts facts)
    {
        var ended = facts.Deployments.Where(deployment => deployment is { IsReported: false, EndedAt: not null })
            .CountBy(d => (d.Application, d.Environment, Kind: d.IsRollback ? "rollback" : "deploy", Outcome: OutcomeOf(d.Outcome)));
        yield return MetricFamily.Counter("signalbox_rollouts_ended_total", "Rollouts that have ended.",
            [.. ended.OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).Select(one => new MetricSample(one.Value, ("application", one.Key.Application), ("environment", one.Key.Environment), ("kind", one.Key.Kind), ("outcome", one.Key.Outcome)))]);
        yield return MetricFamily.Counter("signalbox_reported_deployments_total", "Deployments that other pipelines reported.", new MetricSample(facts.Deployments.Count(deployment => deployment.IsReported)));
    }

    private static string OutcomeOf(DeploymentOutcome outcome) => outcome switch
    {
        DeploymentOutcome.Succeeded => "succeeded",
        DeploymentOutcome.TakenBack => "rolled_back",
        _ => "failed",
    };

    private static IEnumerable<MetricFamily> Gates(DoraFacts facts)
    {
        yield return MetricFamily.Counter("signalbox_gate_decisions_total", "Decisions of the gates.",
            [.. facts.Gates.CountBy(gate => gate.Verdict).OrderBy(one => one.Key).Select(one => new MetricSample(one.Value, ("verdict", Word(one.Key))))]);
        yield return MetricFamily.Counter("signalbox_gate_verdicts_total", "What each gate said.",
            [.. facts.Gates.SelectMany(gate => gate.Verdicts).CountBy(one => (one.Key, one.Value)).OrderBy(one => one.Key.Key, StringComparer.Ordinal).ThenBy(one => one.Key.Value)
                .Select(one => new MetricSample(one.Value, ("gate", one.Key.Key), ("verdict", Word(one.Key.Value))))]);
    }

    private static string Word(Gates.GateVerdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>Computed at most once a minute: it looks at every deployment there is.</summary>
    private IReadOnlyList<MetricFamily> Dora(DoraFacts facts)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_dora is not { } known || now - known.At >= s_doraAge || now < known.At) _dora = known = (now, DoraMetrics.Of(facts, now, DoraDays, MostTracks));
            return known.Families;
        }
    }
}
