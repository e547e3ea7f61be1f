using Signalbox.Delivery;

namespace Signalbox.Host.Supervision;

internal enum RunOver { Ended, Stopped, GivenUp }

/// <summary>Probes one run until it is over.</summary>
internal sealed class RunWatch(SupervisionContext context, InstanceSpec spec, ShimRun run, int? userId, bool wasReady)
{
    private readonly HealthState _state = new(spec.Health, wasReady);
    private readonly Probe _probe = new(spec, run, userId, context.Http);
    private readonly long _watchedFrom = context.Time.GetTimestamp();
    private readonly TimeSpan _ageBefore = wasReady ? TimeSpan.Zero : Positive(context.Time.GetUtcNow() - run.StartedAt);
    private long? _readyFrom;
    private TimeSpan _wasReadyFor;
    private TimeSpan _noticed;

    public string Kind => _state.Kind;

    /// <summary>What the last failing probe saw.</summary>
    public string Message { get; private set; } = "";

    /// <summary>How long it has been ready without a break, or was before it ceased to be.</summary>
    public TimeSpan ReadyFor => _readyFrom is { } from ? context.Time.GetElapsedTime(from) : _wasReadyFor;

    private TimeSpan Age => _ageBefore + context.Time.GetElapsedTime(_watchedFrom);

    /// <param name="transition">Called with true when it becomes ready and false when it is ready no more.</param>
    /// <param name="notYet">Called from time to time while it has not been ready.</param>
    /// <param name="probed">Called after every probe.</param>
    public async Task<RunOver> UntilOverAsync(Action<bool> transition, Action notYet, Func<bool> probed, Task stop, CancellationToken detach)
    {
        while (true)
        {
            using var giveUpProbe = CancellationTokenSource.CreateLinkedTokenSource(detach);
            var (timeout, wasCut) = ProbeTimeout();
            var asked = _probe.AskAsync(timeout, checkOwner: !_state.Ready, giveUpProbe.Token);
            await Task.WhenAny(asked, run.Ended, stop);
            if (Over(stop, detach) is { } over)
            {
                await AbandonAsync(asked, giveUpProbe);
                return over;
            }
            if (Judge(await asked, wasCut, transition)) return RunOver.GivenUp;
            if (IsNoticeDue()) notYet();
            probed();
            await Task.WhenAny(run.Ended, stop, Task.Delay(Pause(), context.Time, detach));
            if (Over(stop, detach) is { } overNow) return overNow;
        }
    }

    private RunOver? Over(Task stop, CancellationToken detach)
    {
        detach.ThrowIfCancellationRequested();
        if (run.Ended.IsCompleted) return stop.IsCompleted ? RunOver.Stopped : RunOver.Ended;
        return stop.IsCompleted ? RunOver.Stopped : null;
    }

    private static async Task AbandonAsync(Task asked, CancellationTokenSource giveUp)
    {
        await giveUp.CancelAsync();
        await asked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <param name="wasCut">The start's own limit left the probe less than its time: what it saw before says more than that it did not answer.</param>
    /// <returns>True where the run is to be ended.</returns>
    private bool Judge(ProbeResult result, bool wasCut, Action<bool> transition)
    {
        if (wasCut && result.Outcome == ProbeOutcome.Unhealthy && Message.Length > 0) result = ProbeResult.Bad(Message);
        if (result.Outcome != ProbeOutcome.Unknown) Message = result.Detail;
        var step = _state.Observe(result, Age);
        if (step == HealthStep.GiveUp) Message = _state.Message + Hint();
        if (step == HealthStep.BecomeReady) _readyFrom = context.Time.GetTimestamp();
        if (step == HealthStep.BecomeUnready) (_wasReadyFor, _readyFrom) = (ReadyFor, null);
        if (step is HealthStep.BecomeReady or HealthStep.BecomeUnready) transition(step == HealthStep.BecomeReady);
        return step == HealthStep.GiveUp;
    }

    private bool IsNoticeDue()
    {
        if (wasReady || _readyFrom is not null || _wasReadyFor > TimeSpan.Zero || Message.Length == 0 || Age - _noticed < context.Timings.StartNotice) return false;
        _noticed = Age;
        return true;
    }

    private string Hint()
    {
        if (Kind != "start-timeout" || spec.Kind != ServiceKind.Web) return "";
        var others = OtherPorts();
        return others.Count == 0 ? "" : $"; it listens on port {string.Join(", ", others)} instead: let it read PORT";
    }

    private List<int> OtherPorts()
    {
        try
        {
            return [.. ListenerOwnership.PortsOf(run.ShimPid).Where(p => p != run.Port)];
        }
        catch (IOException)
        {
            // only a hint
            return [];
        }
    }

    private TimeSpan Pause() => _state.Ready ? spec.Health.Interval : Shorter(context.Timings.StartProbe, spec.Health.Interval);

    private (TimeSpan Timeout, bool WasCut) ProbeTimeout()
    {
        var left = spec.Health.StartWithin - Age;
        var cut = !_state.Ready && !wasReady && left > TimeSpan.Zero && left < spec.Health.Timeout;
        return (cut ? left : spec.Health.Timeout, cut);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
