using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// A host that keeps the protocol (docs/spec/host-protocol.md) in a world that does not: calls get lost before or after
/// their effect, tables arrive late, instances fail, it restarts, its lease runs out.
/// </summary>
internal sealed class SimulatedHost(SimulatedTime time, Random random, Func<string, Behaviour> behaviours) : IHostClient
{
    private readonly List<(DateTimeOffset Due, DeclaredTable Table)> _late = [];
    private readonly Dictionary<string, SimulatedArm> _arms = new(StringComparer.Ordinal);
    private DeclaredTable? _table;
    private Latch? _latch;
    private long _latches;
    private long _epoch;
    private DateTimeOffset _contact;
    private DateTimeOffset _judging;
    private string? _judgedRollout;

    /// <summary>Chance that a call is lost, half of them after their effect.</summary>
    public double LossChance { get; set; }

    public double CrashChance { get; set; }

    public bool Down { get; set; }

    /// <summary>As a host that lost its state: it knows no such track.</summary>
    public bool RefusesToFall { get; set; }

    public int Renewals { get; private set; }

    /// <summary>Checks a table the moment the host takes it.</summary>
    public Action<DeclaredTable>? Taking { get; set; }

    public IEnumerable<SimulatedArm> Arms => _arms.Values;

    public DeclaredTable? Table => _table;

    public Latch? Latch => _latch;

    public Task<HostState> ReadStateAsync(CancellationToken cancel) => Called(() =>
        new HostState(1, "simulated", time.Now, _epoch, 0, _table is null ? [] : [Observe()]));

    public Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel)
    {
        if (!Down && random.NextDouble() < LossChance)
        {
            _late.Add((time.Now + TimeSpan.FromSeconds(random.NextDouble() * 5), table));
            throw new HostUnreachableException("the table is under way");
        }
        return Called(() => Put(table));
    }

    public Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel) => Called(() =>
    {
        if (renewal.Epoch < _epoch) return false;
        Renewals++;
        (_epoch, _contact) = (renewal.Epoch, time.Now);
        return true;
    });

    public Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel) => Called(() =>
    {
        if (RefusesToFall) throw new SignalboxException(3, Finding.Error("unknown-track", $"this host has no table for {track}", new("host"), null));
        Fall(LatchReason.Operator, request.Reason, principal: request.Principal);
        return Observe();
    });

    /// <summary>Lets the world go on.</summary>
    public void Live(TimeSpan elapsed)
    {
        foreach (var arm in _arms.Values) arm.Live(random, elapsed, time.Now);
        foreach (var late in _late.Where(late => late.Due <= time.Now).ToList())
        {
            _late.Remove(late);
            if (!Down) Put(late.Table);
        }
        if (CarriesCanary && time.Now > _contact + _table!.Lease) Fall(LatchReason.Lease, "the lease ran out");
        if (!Down && Report() is { Verdict: Verdict.Fail } report && _latch is null) Fall(LatchReason.Judge, report.Explanation, report);
        Route();
    }

    /// <summary>Processes live on; canaries start at fail-safe.</summary>
    public void Restart()
    {
        Down = false;
        if (CarriesCanary) Fall(LatchReason.HostRestart, "the host restarted");
    }

    public TrackObservation Observe()
    {
        if (_table is null) return new("shop/production", _epoch, 0, null, null, []);
        return new(_table.Track, _table.Epoch, _table.Generation, _table.Rollout, _latch, [.. _table.Services.Select(service =>
            new ServiceObservation(service.Service, [.. service.Arms.Select(arm => _arms[Key(service, arm)].Observe(time.Now))], service.Judge is null ? null : Report(), null))]);
    }

    private bool CarriesCanary => _table is { Rollout: not null, FailSafe: FailSafeMode.Stable }
        && _latch is null && _table.Services.Any(service => service.Stable is not null && service.Arms.Any(arm => arm.Revision != service.Stable && arm.Weight > Weight.Zero));

    private PutResult Put(DeclaredTable table)
    {
        if (table.Epoch < _epoch) return Refuse(PutResult.StaleEpoch);
        if (_table is not null && table.Generation < _table.Generation) return Refuse(PutResult.StaleGeneration);
        if (_latch is not null && table.AcknowledgedLatch != _latch.Id) return Refuse(PutResult.LatchNotAcknowledged);
        Taking?.Invoke(table);
        (_epoch, _table, _latch, _contact) = (table.Epoch, table, null, time.Now);
        foreach (var service in table.Services)
            foreach (var arm in service.Arms) Declare(service, arm);
        var wanted = table.Services.SelectMany(service => service.Arms.Select(arm => Key(service, arm))).ToHashSet();
        foreach (var gone in _arms.Keys.Where(key => !wanted.Contains(key)).ToList()) _arms.Remove(gone);
        if (table.Rollout != _judgedRollout) (_judgedRollout, _judging) = (table.Rollout, time.Now);
        Route();
        return new(true, null, null, Observe());
    }

    private PutResult Refuse(string refusal) => new(false, refusal, refusal, Observe());

    private void Declare(ServiceTable service, ArmTable arm)
    {
        if (!_arms.TryGetValue(Key(service, arm), out var known)) _arms[Key(service, arm)] = known = new(arm.Revision, behaviours(arm.Revision), time.Now);
        known.Scale(arm.Instances, time.Now);
    }

    private static string Key(ServiceTable service, ArmTable arm) => $"{service.Service}@{arm.Revision}";

    private void Fall(LatchReason reason, string detail, JudgeReport? report = null, string? principal = null)
    {
        if (_latch is not null || _table is null) return;
        var held = _table.FailSafe == FailSafeMode.Hold || !StableIsReady;
        _latch = new(++_latches, reason, detail, time.Now, _table.Generation, held, "web", principal, report);
        Route();
    }

    private bool StableIsReady => _table!.Services.All(service => service.Stable is null || _arms[$"{service.Service}@{service.Stable}"].Ready(time.Now) > 0);

    /// <summary>The weights in force: the table's, or fail-safe while latched; an arm without a ready instance gives its share away.</summary>
    private void Route()
    {
        foreach (var service in _table?.Services ?? [])
        {
            var toStable = _latch is { Held: false } && service.Stable is not null;
            foreach (var arm in service.Arms)
                _arms[Key(service, arm)].Weight = !toStable ? arm.Weight : arm.Revision == service.Stable ? Weight.All : Weight.Zero;
        }
    }

    private JudgeReport? Report()
    {
        if (_table is not { Rollout: not null } || _table.Services.All(service => service.Judge is null)) return null;
        var canary = _table.Services.First(service => service.Judge is not null).Judge!.Canary;
        var behaviour = behaviours(canary);
        var seconds = (time.Now - _judging).TotalSeconds;
        var verdict = behaviour.NoTraffic ? Verdict.NoData
            : seconds >= behaviour.BadAfterSeconds && CanaryHasTraffic(canary) ? Verdict.Fail
            : seconds >= behaviour.EvidenceAfterSeconds ? Verdict.Pass : Verdict.Inconclusive;
        var requests = behaviour.NoTraffic ? 0 : (long)(seconds * 10);
        return new(verdict, (long)(seconds * 10), 0, 6.9, 0, 3, requests, 0, requests * 9, 0, 1, "simulated", null, "", $"simulated {verdict}");
    }

    private bool CanaryHasTraffic(string canary) => _arms.Values.Any(arm => arm.Revision == canary && arm.Weight > Weight.Zero && arm.Ready(time.Now) > 0);

    private Task<T> Called<T>(Func<T> effect)
    {
        if (Down) throw new HostUnreachableException("connection refused");
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        if (random.NextDouble() < LossChance / 2) throw new HostUnreachableException("the request was lost");
        var result = effect();
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        return random.NextDouble() < LossChance / 2 ? throw new HostUnreachableException("the answer was lost") : Task.FromResult(result);
    }
}
