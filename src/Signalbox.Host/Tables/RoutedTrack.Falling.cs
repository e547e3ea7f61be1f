using Signalbox.Analysis;
using Signalbox.Host.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>Falling to fail-safe: effect first, then it is told and written.</summary>
internal sealed partial class RoutedTrack
{
    private const int TicksPerReport = 5;

    private int _sinceReport;

    /// <summary>
    /// Lowers the track at once. Idempotent, but that a person's word goes before a fall without evidence: what fell for
    /// lack of contact would start over, what a person took back must not.
    /// </summary>
    public TrackObservation Fall(FallRequest request)
    {
        lock (_gate)
            if (_table?.Rollout is not null && _latch?.Reason is not (LatchReason.Operator or LatchReason.Judge)) Latch(LatchReason.Operator, request.Reason, principal: request.Principal);
        _parts.Hub.Changed(Key);
        return Observe();
    }

    /// <summary>One tick: judge, lease, and what was held.</summary>
    public void Tick(DateTimeOffset now, long timestamp)
    {
        var changed = false;
        lock (_gate)
        {
            var judged = false;
            foreach (var service in _services) judged |= Judge(service, timestamp);
            foreach (var service in _services) service.RunIfDue(now);
            changed = ReconsiderHeld() | ExpireLease(timestamp);
            if (judged && ++_sinceReport >= TicksPerReport) (_sinceReport, changed) = (0, true);
        }
        if (changed) _parts.Hub.Changed(Key);
    }

    private bool Judge(RoutedService service, long timestamp)
    {
        if (service.Tick(timestamp) is not { } report) return false;
        if (report.Verdict != Verdict.Fail || _latch is not null) return true;
        Latch(LatchReason.Judge, report.Explanation, service.Table.Service, decision: report);
        _sinceReport = TicksPerReport;
        return true;
    }

    private bool ExpireLease(long timestamp)
    {
        if (_latch is not null || _table is not { Rollout: not null, FailSafe: FailSafeMode.Stable } table) return false;
        if (!_services.Any(s => s.IsSplit && !s.Fallen) || _parts.Time.GetElapsedTime(_contact, timestamp) <= table.Lease) return false;
        Latch(LatchReason.Lease, $"the control plane was not heard of for {table.Lease.TotalSeconds:0.###} s");
        return true;
    }

    private void Latch(LatchReason reason, string detail, string? service = null, string? principal = null, JudgeReport? decision = null)
    {
        _latch = new(++_lastLatch, reason, detail, _parts.Time.GetUtcNow(), _table!.Generation, Held: true, service, principal, decision);
        foreach (var each in _services) each.Fall(FallOrder.Under(_table, _latch, each.Table.Service));
        ReconsiderHeld();
        _unsaved = true;
    }

    /// <summary>Stable may have become ready since: routing then followed by itself, and what fell stays down.</summary>
    private bool ReconsiderHeld()
    {
        if (_latch is not { Held: true } latch || _table is not { } table || !FallOrder.Lowers(table, latch)) return false;
        if (_services.Any(s => s.HasCanary && !s.Fallen)) return false;
        _latch = latch with { Held = false };
        return _unsaved = true;
    }

    /// <summary>Makes a stored table true again after a restart of the host: canaries begin at fail-safe.</summary>
    public void Restore(StoredTrack stored)
    {
        lock (_gate)
        {
            (_lastLatch, var latch) = (stored.LastLatch, stored.Latch);
            var splits = stored.Table.Rollout is not null && stored.Table.FailSafe == FailSafeMode.Stable
                && stored.Table.Services.Any(s => s.Stable is not null && s.Arms.Any(a => a.Revision != s.Stable && a.Weight > Delivery.Weight.Zero));
            if (latch is null && splits)
            {
                latch = new(++_lastLatch, LatchReason.HostRestart, "the host was restarted", _parts.Time.GetUtcNow(), stored.Table.Generation, Held: true);
                _unsaved = true;
            }
            (_table, _latch) = (stored.Table, latch);
            var prepared = stored.Table.Services.Select(table => ServiceOf(table).Prepare(table, FallOrder.Under(stored.Table, latch, table.Service), stored.Table.Generation)).ToArray();
            foreach (var service in prepared) service.Swap();
            Settle(prepared);
        }
        RetryListening();
    }

    /// <summary>After adoption: what did not outlive the earlier host is started.</summary>
    public void Scale()
    {
        lock (_gate)
            foreach (var service in _services) service.Scale();
        _parts.Hub.Changed(Key);
    }

    /// <summary>Listens where it could not before. Who is in the way is looked for outside of the lock.</summary>
    public void RetryListening()
    {
        var failures = new List<(ServiceAddress Address, ListenFailure Failure)>();
        var changed = false;
        lock (_gate)
            foreach (var service in _services) failures.AddRange(service.RetryListen(ref changed));
        foreach (var (address, failure) in failures)
        {
            var why = _parts.Listeners.Explain(failure.Address, failure.Error);
            lock (_gate) changed |= address.CannotListen(failure.Address, why);
        }
        if (changed) _parts.Hub.Changed(Key);
    }

    /// <summary>Adoption is over: who still has no ready instance answers 503 from now on.</summary>
    public void Answer()
    {
        lock (_gate)
            foreach (var service in _services) service.Answer();
    }

    /// <summary>Copies under the lock and writes outside of it: a slow disk must not hold up a fall.</summary>
    public void SaveHistories()
    {
        RoutedService[] services;
        lock (_gate) services = [.. _services];
        foreach (var service in services)
        {
            byte[]? history;
            lock (_gate) history = service.CopyHistory();
            if (history is not null) _parts.JudgeFiles.SaveHistory(Key, service.Table.Service, history);
        }
    }
}
