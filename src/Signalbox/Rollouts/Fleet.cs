using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>Questions the machine asks of an observation.</summary>
internal sealed class Fleet(TrackObservation observation)
{
    public long Generation => observation.Generation;

    /// <summary>Instances of a service that a weight needs: its share of full load, rounded up, at least one.</summary>
    /// <remarks>Workers have no share to take: they run in full with all traffic and not at all before.</remarks>
    public static int Needed(ServiceConfiguration service, Weight weight) => service.Kind switch
    {
        ServiceKind.Web when weight > Weight.Zero => Math.Max(1, (int)Math.Ceiling(service.Instances * weight.Share - 1e-9)),
        ServiceKind.Web => 0,
        _ => weight == Weight.All ? service.Instances : 0,
    };

    /// <summary>Workers count where the release takes over: the old ones stop then.</summary>
    public bool IsReadyFor(ReleasePlan plan, Weight weight) => plan.Configuration.Services.All(service =>
        Needed(service, weight) is var needed && (needed == 0 || Arm(service.Name, plan.Release)?.Ready >= needed));

    public bool HasReady(ReleasePlan plan) =>
        Web(plan).All(service => Arm(service.Name, plan.Release) is { Ready: > 0 });

    public bool HasNoneReady(ReleasePlan plan) =>
        Web(plan).All(service => Arm(service.Name, plan.Release) is null or { Ready: 0 });

    /// <summary>Instances on their way out, which the host shows as an arm of their own, run still.</summary>
    public bool HasStopped(ReleasePlan plan) => plan.Configuration.Services.All(service =>
        observation.Services.Where(shown => shown.Service == service.Name).SelectMany(shown => shown.Arms).All(arm => arm.Revision != plan.Release || arm.Running == 0));

    /// <summary>In the services that stable has too: in the others nobody else could have the traffic.</summary>
    public bool HasNoTraffic(ReleasePlan plan, ReleasePlan? stable) => plan.Configuration.Services
        .Where(service => stable?.Configuration.Services.Any(other => other.Name == service.Name) == true)
        .All(service => Arm(service.Name, plan.Release) is not { } arm || arm.Weight == Weight.Zero);

    /// <summary>The failure of an instance that was started again and again and is still not ready, or null.</summary>
    public InstanceFailure? CrashLoop(ReleasePlan plan, int restarts) => plan.Configuration.Services
        .Select(service => Arm(service.Name, plan.Release))
        .FirstOrDefault(arm => arm is { Failure: not null } && arm.Ready < arm.Desired && arm.Restarts >= restarts)?.Failure;

    public InstanceFailure? Failure(ReleasePlan plan) => plan.Configuration.Services
        .Select(service => Arm(service.Name, plan.Release)?.Failure)
        .FirstOrDefault(failure => failure is not null);

    /// <summary>The judge's report per service, of this rollout only.</summary>
    public IReadOnlyDictionary<string, JudgeReport> Reports(RolloutState rollout)
    {
        var reports = new SortedDictionary<string, JudgeReport>(StringComparer.Ordinal);
        if (observation.Rollout != rollout.Id) return reports;
        foreach (var service in observation.Services)
            if (service.Judge is { } report) reports[service.Service] = report;
        return reports;
    }

    private static IEnumerable<ServiceConfiguration> Web(ReleasePlan plan) =>
        plan.Configuration.Services.Where(service => service.Kind == ServiceKind.Web);

    private ArmObservation? Arm(string service, string revision)
    {
        foreach (var candidate in observation.Services)
            if (candidate.Service == service)
                return candidate.Arms.FirstOrDefault(arm => arm.Revision == revision);
        return null;
    }
}
