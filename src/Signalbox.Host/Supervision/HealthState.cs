using Signalbox.Delivery;

namespace Signalbox.Host.Supervision;

internal enum HealthStep { Stay, BecomeReady, BecomeUnready, GiveUp }

/// <summary><see cref="Unknown"/>: the host could not ask, for want of a descriptor or memory.</summary>
internal enum ProbeOutcome { Healthy, Unhealthy, Foreign, Unknown }

/// <param name="Detail">What was seen; empty when healthy.</param>
internal readonly record struct ProbeResult(ProbeOutcome Outcome, string Detail)
{
    public static ProbeResult Ok => new(ProbeOutcome.Healthy, "");

    public static ProbeResult Unknown => new(ProbeOutcome.Unknown, "");

    public static ProbeResult Bad(string detail) => new(ProbeOutcome.Unhealthy, detail);
}

/// <summary>What a run's probes mean, one after another; pure.</summary>
/// <param name="wasReady">For an adopted run that had been ready: it is unready until a probe says otherwise, not starting.</param>
internal sealed class HealthState(HealthCheck check, bool wasReady)
{
    private bool _hasBeenReady = wasReady;
    private int _failedInARow;
    private TimeSpan? _unreadySince = wasReady ? TimeSpan.Zero : null;

    public bool Ready { get; private set; }

    /// <summary>Of the failure, after <see cref="HealthStep.GiveUp"/>.</summary>
    public string Kind { get; private set; } = "";

    public string Message { get; private set; } = "";

    /// <param name="age">Since the run started (an adopted one: since its adoption, where it had been ready).</param>
    public HealthStep Observe(ProbeResult probe, TimeSpan age) => probe.Outcome switch
    {
        ProbeOutcome.Foreign => GiveUp("listener-foreign", probe.Detail),
        ProbeOutcome.Healthy => Healthy(),
        ProbeOutcome.Unknown => HealthStep.Stay,
        _ => Unhealthy(probe.Detail, age),
    };

    private HealthStep Healthy()
    {
        _failedInARow = 0;
        _unreadySince = null;
        if (Ready) return HealthStep.Stay;
        Ready = _hasBeenReady = true;
        return HealthStep.BecomeReady;
    }

    private HealthStep Unhealthy(string detail, TimeSpan age)
    {
        if (!_hasBeenReady)
            return age < check.StartWithin ? HealthStep.Stay : GiveUp("start-timeout", $"not ready within {Text(check.StartWithin)}: {detail}");
        if (!Ready)
            return age - _unreadySince < check.RestartAfter
                ? HealthStep.Stay
                : GiveUp("unhealthy", $"unhealthy for {Text(check.RestartAfter)}: {detail}");
        if (++_failedInARow < Math.Max(1, check.UnhealthyAfter)) return HealthStep.Stay;
        Ready = false;
        _unreadySince = age;
        return HealthStep.BecomeUnready;
    }

    private HealthStep GiveUp(string kind, string message)
    {
        Ready = false;
        (Kind, Message) = (kind, message);
        return HealthStep.GiveUp;
    }

    private static string Text(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.###} s");
}
