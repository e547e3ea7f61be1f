using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>Falling and routing: the weights in force come from the host's own <see cref="EffectiveWeights"/>.</summary>
internal sealed partial class SimulatedTrack
{
    private readonly HashSet<string> _fallen = new(StringComparer.Ordinal);

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
        var falls = Table.Falling || (Latch is not null && Table.FailSafe == FailSafeMode.Stable);
        foreach (var service in Table.Services) Route(service, falls);
        if (falls && Latch is { Held: true } latch && !Table.Services.Any(service => HasCanary(service) && !_fallen.Contains(service.Service)))
            Latch = latch with { Held = false };
    }

    private static bool HasCanary(ServiceTable service) => service.Arms.Any(arm => arm.Revision != service.Stable && arm.Weight > Weight.Zero);

    private void Route(ServiceTable service, bool falls)
    {
        var stableReady = service.Stable is { } stable && service.Arms.Any(arm => arm.Revision == stable && ArmOf(service.Service, stable).Ready > 0);
        if (falls && service.Stable is not null && (Latch is { Held: false } || stableReady)) _fallen.Add(service.Service);
        else if (!falls) _fallen.Remove(service.Service);
        var arms = service.Arms.Select(arm => Capacity(service, arm)).ToArray();
        var shares = EffectiveWeights.Of(arms);
        for (var i = 0; i < arms.Length; i++) ArmOf(service.Service, service.Arms[i].Revision).Weight = new(shares[i]);
        if (Misrouted(service, arms, shares, stableReady) is { } wrong) throw new InvariantBroken($"{key} {service.Service}: {wrong}: {string.Join(", ", arms.Zip(shares))}");
    }

    private bool Condemned(string service) => Table!.Condemned == service || (Latch is { Reason: LatchReason.Judge } && Latch.Service == service);

    private ArmCapacity Capacity(ServiceTable service, ArmTable arm)
    {
        var isStable = arm.Revision == service.Stable;
        var weight = !_fallen.Contains(service.Service) ? arm.Weight.BasisPoints : isStable ? Weight.Full : 0;
        return new(weight, ArmOf(service.Service, arm.Revision).Ready, Math.Max(1, arm.Instances), isStable, MayHelpOut: !Condemned(service.Service));
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
            if ((long)shares[i] * arms[i].Desired > (long)Weight.Full * arms[i].Ready) return "a canary gets more than its ready capacity while stable is ready";
            if (_fallen.Contains(service.Service) && shares[i] > 0) return "a fallen canary gets traffic while stable is ready";
        }
        for (var i = 0; i < arms.Length; i++)
            if (!stableReady && arms[i].Ready > 0 && !_fallen.Contains(service.Service) && shares[i] < arms[i].Weight) return "a canary that falls lost its share before stable could take it";
        return serving && shares.Sum() != Weight.Full ? "traffic goes nowhere while somebody is ready" : null;
    }
}
