using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>Falling and routing: the weights in force come from the host's own <see cref="EffectiveWeights"/>.</summary>
internal sealed partial class SimulatedTrack
{
    private readonly HashSet<string> _fallen = new(StringComparer.Ordinal);

    /// <summary>What a canary that falls by capacity may have still, per service; it never rises while the fall goes on.</summary>
    private readonly Dictionary<string, int> _ceilings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastFalling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset Since, long Generation)> _unserved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceGap> _gaps = new(StringComparer.Ordinal);

    /// <summary>Idempotent; a person goes before a fall without evidence.</summary>
    public void Fall(LatchReason reason, string detail, JudgeReport? report = null, string? principal = null)
    {
        if (Latch is not null && (reason != LatchReason.Operator || Latch.Reason is LatchReason.Operator or LatchReason.Judge)) return;
        if (Table is not { Rollout: not null }) return;
        Latch = new(++_latches, reason, detail, time.Now, Table.Generation, true, Table.Services is [var first, ..] ? first.Service : null, principal, report);
        Route();
    }

    private void Route()
    {
        if (Table is null) return;
        var falls = Table.Falling || (Latch is not null && (Table.FailSafe == FailSafeMode.Stable || (Table.FailSafe == FailSafeMode.Capacity && Latch.Reason is LatchReason.Judge or LatchReason.Operator)));
        foreach (var service in Table.Services) Route(service, falls);
        if (falls && Latch is { Held: true } latch && !Table.Services.Any(service => HasCanary(service) && !_fallen.Contains(service.Service)))
            Latch = latch with { Held = false };
    }

    private static bool HasCanary(ServiceTable service) => service.Arms.Any(arm => arm.Revision != service.Stable && arm.Weight > Weight.Zero);

    private void Route(ServiceTable service, bool falls)
    {
        var stable = service.Arms.FirstOrDefault(arm => arm.Revision == service.Stable);
        var stableReady = stable is not null && ArmOf(service.Service, stable.Revision).Ready > 0;
        if (!falls) (_, _) = (_fallen.Remove(service.Service), _ceilings.Remove(service.Service));
        else if (stable is not null) Fall(service, stable, stableReady);
        var arms = service.Arms.Select(arm => Capacity(service, arm)).ToArray();
        var shares = EffectiveWeights.Of(arms);
        for (var i = 0; i < arms.Length; i++) ArmOf(service.Service, service.Arms[i].Revision).Weight = new(shares[i]);
        MeasureGap(service, shares.Sum() == 0);
        if (HasRisen(service, arms, shares, stableReady)) throw new InvariantBroken($"{key} {service.Service}: what falls by capacity has risen: {string.Join(", ", arms.Zip(shares))}");
        if (Misrouted(service, arms, shares, stableReady) is { } wrong) throw new InvariantBroken($"{key} {service.Service}: {wrong}: {string.Join(", ", arms.Zip(shares))}");
    }

    /// <summary>What falls by capacity never gets back what stable could carry at any time of the fall, while stable serves. Said anew from the arms.</summary>
    private bool HasRisen(ServiceTable service, ArmCapacity[] arms, int[] shares, bool stableReady)
    {
        if (!_ceilings.ContainsKey(service.Service))
        {
            _lastFalling.Remove(service.Service);
            return false;
        }
        if (!stableReady) return false;
        var stable = arms.Single(arm => arm.Stable);
        var least = Math.Min(_lastFalling.GetValueOrDefault(service.Service, Weight.Full), (int)(Weight.Full - ((long)Weight.Full * stable.Ready / stable.FullLoad)));
        _lastFalling[service.Service] = least;
        return shares.Where((_, i) => !arms[i].Stable).Sum() > least;
    }

    /// <summary>For good once stable serves; by capacity once all of it does, and until then by as much as it does.</summary>
    private void Fall(ServiceTable service, ArmTable stable, bool stableReady)
    {
        var left = EffectiveWeights.NotCarriedBy(new(0, ArmOf(service.Service, stable.Revision).Ready, service.FullLoadOf(stable), true));
        var byCapacity = Table!.FailSafe == FailSafeMode.Capacity;
        if (Latch is { Held: false } || (byCapacity ? left == 0 : stableReady)) _fallen.Add(service.Service);
        else if (byCapacity) _ceilings[service.Service] = Math.Min(left, _ceilings.GetValueOrDefault(service.Service, Weight.Full));
    }

    private void MeasureGap(ServiceTable service, bool nobody)
    {
        if (nobody) _unserved.TryAdd(service.Service, (time.Now, Table!.Generation));
        else if (_unserved.Remove(service.Service, out var began)) _gaps[service.Service] = new(time.Now - began.Since, began.Generation);
    }

    private bool Condemned(string service) => Table!.Condemned == service || (Latch is { Reason: LatchReason.Judge } && Latch.Service == service);

    private ArmCapacity Capacity(ServiceTable service, ArmTable arm)
    {
        var isStable = arm.Revision == service.Stable;
        var ceiling = _fallen.Contains(service.Service) ? 0 : _ceilings.GetValueOrDefault(service.Service, Weight.Full);
        var canaries = service.Arms.Where(other => other.Revision != service.Stable).Sum(other => Math.Min(other.Weight.BasisPoints, ceiling));
        var weight = !isStable ? Math.Min(arm.Weight.BasisPoints, ceiling) : ceiling < Weight.Full ? Weight.Full - canaries : arm.Weight.BasisPoints;
        return new(weight, ArmOf(service.Service, arm.Revision).Ready, service.FullLoadOf(arm), isStable, MayHelpOut: !Condemned(service.Service));
    }

    /// <summary>What a route must never be, said anew from the arms and not from the code that made it.</summary>
    private string? Misrouted(ServiceTable service, ArmCapacity[] arms, int[] shares, bool stableReady)
    {
        var serving = arms.Any(arm => arm.Ready > 0 && (arm.Stable || (arm.Weight > 0 && !Condemned(service.Service))));
        for (var i = 0; i < arms.Length; i++)
        {
            if (shares[i] > 0 && arms[i].Ready == 0) return "traffic goes to an arm without a ready instance";
            if (arms[i].Stable || !stableReady) continue;
            if (shares[i] > arms[i].Weight) return "a canary gets more than its weight while stable is ready";
            if ((long)shares[i] * arms[i].FullLoad > (long)Weight.Full * arms[i].Ready) return "a canary gets more than its ready capacity while stable is ready";
            if (_fallen.Contains(service.Service) && shares[i] > 0) return "a fallen canary gets traffic while stable is ready";
            if (_ceilings.ContainsKey(service.Service) && shares[i] > Weight.Full - ((long)Weight.Full * arms.Single(arm => arm.Stable).Ready / arms.Single(arm => arm.Stable).FullLoad)) return "a canary that falls has what stable could carry";
        }
        for (var i = 0; i < arms.Length; i++)
            if (!stableReady && arms[i].Ready > 0 && !_fallen.Contains(service.Service) && shares[i] < arms[i].Weight) return "a canary that falls lost its share before stable could take it";
        return serving && shares.Sum() != Weight.Full ? "traffic goes nowhere while somebody is ready" : null;
    }
}
