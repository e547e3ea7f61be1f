using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>One track of the simulated host: the table in force, the latch, the arms, and what its disk holds.</summary>
internal sealed partial class SimulatedTrack(string key, SimulatedHost host, SimulatedTime time, Random random, Func<string, Behaviour> behaviours)
{
    private readonly SortedDictionary<string, SimulatedArm> _arms = new(StringComparer.Ordinal);
    private readonly List<(string Service, string Revision, int Running, DateTimeOffset Until)> _leaving = [];
    private readonly List<(DeclaredTable Table, long Latches)> _stored = [];
    private long _latches;
    private DateTimeOffset _contact = time.Now;
    private DateTimeOffset _judging;
    private string? _judgedRollout;
    private bool _leaseIsOver;

    public string Key => key;

    public DeclaredTable? Table { get; private set; }

    public Latch? Latch { get; private set; }

    /// <summary>Why tables are refused now, or null.</summary>
    public string? Refuses { get; set; }

    /// <summary>It came back with an older table than it had, and has not been idle since.</summary>
    public bool WentBack { get; private set; }

    public IEnumerable<SimulatedArm> Arms => _arms.Values;

    public SimulatedArm ArmOf(string service, string revision) => _arms[$"{service}@{revision}"];

    /// <summary>Instances of a service that run now, on their way out too.</summary>
    public int Running(string service, string revision) =>
        (_arms.TryGetValue($"{service}@{revision}", out var arm) ? arm.Running : 0)
        + _leaving.Where(leaving => leaving.Service == service && leaving.Revision == revision && leaving.Until > time.Now).Sum(leaving => leaving.Running);

    /// <summary>Whether one release is to run while instances of another still do.</summary>
    public bool Overlap(string service, string asked, string other) =>
        _arms.TryGetValue($"{service}@{asked}", out var arm) && arm.Desired > 0 && Running(service, other) > 0;

    /// <summary>Whether the release that goes out is to run while instances of a third one still do.</summary>
    public bool OthersRun(string service, string stable, string release) =>
        _arms.TryGetValue($"{service}@{release}", out var arm) && arm.Desired > 0
        && _leaving.Any(leaving => leaving.Service == service && leaving.Revision != stable && leaving.Revision != release && leaving.Until > time.Now);

    public void Contact() => (_contact, _leaseIsOver) = (time.Now, false);

    public PutResult Put(DeclaredTable table, long hostEpoch)
    {
        if (Refusal(table, hostEpoch) is { } refusal) return new(false, refusal, refusal, Observe());
        host.Taking?.Invoke(table);
        if (Refuses != PutResult.CannotPersist) Store(table);
        // acknowledging a latch needs a greater generation than the one that fell
        var kept = Latch is { } latch && table.Generation <= latch.Generation ? latch : null;
        Become(table, kept);
        host.Took?.Invoke(this);
        return new(true, null, null, Observe());
    }

    private void Store(DeclaredTable table)
    {
        _stored.Add((table, _latches));
        if (_stored.Count > 6) _stored.RemoveAt(0);
    }

    private string? Refusal(DeclaredTable table, long hostEpoch)
    {
        if (table.Epoch < hostEpoch) return PutResult.StaleEpoch;
        if (Table is { } inForce && (table.Generation < inForce.Generation || (table.Generation == inForce.Generation && !SimulatedTables.SameContent(table, inForce)))) return PutResult.StaleGeneration;
        if (Latch is { } latch && table.AcknowledgedLatch != latch.Id) return PutResult.LatchNotAcknowledged;
        if (table.Services.Any(service => host.IsTaken(key, service.Listen) || host.IsTaken(key, service.NextListen) || host.IsTaken(key, service.Preview?.Listen))) return PutResult.CannotListen;
        if (table.Services.Any(service => service.Arms.Any(arm => arm.Instances > 0 && host.HasLost(arm.Artifact)))) return Refuse(PutResult.ArtifactMissing);
        if (Refuses is null || (Refuses == PutResult.CannotPersist && SimulatedTables.OnlyLowers(table, Table, Latch is not null))) return null;
        return Refuse(Refuses);
    }

    private string Refuse(string refusal)
    {
        host.Happened?.Invoke(key, SimulatedTables.FaultOf(refusal));
        return refusal;
    }

    private void Become(DeclaredTable table, Latch? latch)
    {
        (Table, Latch) = (table, latch);
        Contact();
        foreach (var service in table.Services)
            foreach (var arm in service.Arms) Declare(service, arm);
        var wanted = table.Services.SelectMany(service => service.Arms.Select(arm => $"{service.Service}@{arm.Revision}")).ToHashSet();
        foreach (var gone in _arms.Keys.Where(name => !wanted.Contains(name)).ToList()) Leave(gone);
        if (table.Rollout != _judgedRollout) (_judgedRollout, _judging) = (table.Rollout, time.Now);
        WentBack &= table.Rollout is not null;
        if (latch is null && !table.Falling) _ceilings.Clear();
        _fallen.IntersectWith(latch is null && !table.Falling ? [] : table.Services.Select(service => service.Service));
        Route();
    }

    private void Declare(ServiceTable service, ArmTable arm)
    {
        var name = $"{service.Service}@{arm.Revision}";
        if (!_arms.TryGetValue(name, out var known)) _arms[name] = known = new(arm.Revision, behaviours(arm.Revision), time);
        Leaves(service.Service, arm.Revision, known.Scale(host.HasLost(arm.Artifact) ? 0 : arm.Instances, isCron: (arm.Kind ?? service.Kind) == ServiceKind.Cron));
    }

    private void Leave(string name)
    {
        var arm = _arms[name];
        _arms.Remove(name);
        Leaves(name[..name.IndexOf('@')], arm.Revision, arm.Scale(0, arm.IsCron));
    }

    private void Leaves(string service, string revision, int running)
    {
        if (running > 0 && host.DrainSeconds > 0) _leaving.Add((service, revision, running, time.Now + TimeSpan.FromSeconds(random.NextDouble() * host.DrainSeconds)));
    }

    /// <summary>Lets the world go on.</summary>
    public void Live(TimeSpan elapsed)
    {
        foreach (var arm in _arms.Values) arm.Live(random, elapsed);
        _leaving.RemoveAll(leaving => leaving.Until <= time.Now);
        if (Table is null) return;
        Route();
        if (host.Down) return;
        ExpireLease(Table);
        if (Latch is null && Report() is { Verdict: Verdict.Fail } report) Fall(LatchReason.Judge, report.Explanation, report);
        Route();
    }

    private void ExpireLease(DeclaredTable table)
    {
        if (time.Now - _contact <= table.Lease) return;
        if (!_leaseIsOver) host.Happened?.Invoke(key, Fault.LeaseRunsOut);
        _leaseIsOver = true;
        if (Latch is not null || table is not { Rollout: not null, FailSafe: FailSafeMode.Stable } || !IsSplit(table)) return;
        Fall(LatchReason.Lease, "the lease ran out");
        host.Happened?.Invoke(key, Fault.LeaseFalls);
    }

    private static bool IsSplit(DeclaredTable table) =>
        table.Services.Any(service => service.Arms.Any(arm => arm.Revision != service.Stable && arm.Weight > Weight.Zero && arm.Weight < Weight.All));

    /// <summary>A new process of the host: workloads live on, its table is the newest on its disk or (a restored disk) an older one.</summary>
    public void Restart(bool oldDisk)
    {
        if (Table is null) return;
        // a fall's ratchet is in the host's memory
        _ceilings.Clear();
        _lastFalling.Clear();
        _unserved.Clear();
        _gaps.Clear();
        for (var older = oldDisk ? random.Next(1, 4) : 0; older > 0 && _stored.Count > 1; older--) _stored.RemoveAt(_stored.Count - 1);
        if (_stored.Count > 0 && _stored[^1].Table.Generation != Table.Generation)
        {
            // latches that its disk does not hold are counted anew
            _latches = _stored[^1].Latches;
            Become(_stored[^1].Table, null);
            WentBack = true;
        }
        Contact();
        var splits = Table is { Rollout: not null, FailSafe: FailSafeMode.Stable }
            && Table.Services.Any(service => service.Stable is not null && service.Arms.Any(arm => arm.Revision != service.Stable && arm.Weight > Weight.Zero));
        if (splits) Fall(LatchReason.HostRestart, "the host restarted");
    }

    public TrackObservation Observe() => Table is null
        ? new(key, 0, 0, null, null, [])
        : new(key, Table.Epoch, Table.Generation, Table.Rollout, Latch, [.. Table.Services.Select(Observe)]);

    private ServiceObservation Observe(ServiceTable service) => new(
        service.Service,
        [
            .. service.Arms.Select(arm => ArmOf(service.Service, arm.Revision).Observe()),
            .. _leaving.Where(leaving => leaving.Service == service.Service && leaving.Until > time.Now)
                .Select(leaving => new ArmObservation(leaving.Revision, 0, leaving.Running, 0, Weight.Zero, 0, 0, 0, 0, null)),
        ],
        service.Judge is null ? null : Report(), null, null, _gaps.GetValueOrDefault(service.Service));

    private JudgeReport? Report()
    {
        if (Table is not { Rollout: not null } table || table.Services.FirstOrDefault(service => service.Judge is not null) is not { Judge.Canary: var canary }) return null;
        var behaviour = behaviours(canary);
        var seconds = (time.Now - _judging).TotalSeconds;
        var verdict = behaviour.NoTraffic ? Verdict.NoData
            : seconds >= behaviour.BadAfterSeconds && _arms.Values.Any(arm => arm.Revision == canary && arm.Weight > Weight.Zero) ? Verdict.Fail
            : seconds >= behaviour.EvidenceAfterSeconds ? Verdict.Pass : Verdict.Inconclusive;
        var requests = behaviour.NoTraffic ? 0 : (long)(seconds * 10);
        return new(verdict, (long)(seconds * 10), 0, 6.9, 0, 3, requests, 0, requests * 9, 0, 1, "simulated", null, "", $"simulated {verdict}");
    }
}
