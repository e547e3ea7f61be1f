using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>Questions the machine asks of an observation.</summary>
internal sealed class Fleet(TrackObservation observation)
{
    public long Generation => observation.Generation;

    /// <summary>Workers count where the release takes over: the old ones stop then.</summary>
    public bool IsReadyFor(RolloutState rollout, Weight weight) => rollout.Plan.Configuration.Services.All(service =>
        rollout.Needed(service, weight) is var needed && (needed == 0 || Arm(service.Name, rollout.Release)?.Ready >= needed));

    /// <summary>Crons too, whose last run tells whether they are.</summary>
    public bool IsReadyInFull(RolloutState rollout) => IsReadyFor(rollout, Weight.All) && rollout.Plan.Configuration.Services
        .All(service => service.Kind != ServiceKind.Cron || Arm(service.Name, rollout.Release) is { Ready: > 0 });

    /// <summary>Whether the new instances of a rolling rollout have the share that its weight gives them, wherever stable has one too.</summary>
    public bool Carries(RolloutState rollout, ReleasePlan stable) => IsReadyFor(rollout, rollout.Weight) && Web(rollout.Plan)
        .Where(service => Has(stable, service.Name))
        .All(service => WeightOf(service.Name, rollout.Release) >= RollingUpdate.WeightOf(service.Instances, rollout.Weight));

    public Weight WeightOf(string service, string revision) => Arm(service, revision)?.Weight ?? Weight.Zero;

    /// <summary>Whether no more instances of a release run than are asked for, those on their way out counted too.</summary>
    public bool HasLeft(Func<ServiceConfiguration, int> askedFor, ReleasePlan plan) =>
        plan.Configuration.Services.All(service => Running(service.Name, plan.Release) <= askedFor(service));

    public bool HasAllThatAreAskedFor(ReleasePlan plan) => plan.Configuration.Services
        .Where(service => service.Kind != ServiceKind.Cron)
        .All(service => Arm(service.Name, plan.Release) is not { } arm || arm.Ready >= arm.Desired);

    public bool HasReadyWhereAskedFor(ReleasePlan plan) =>
        Web(plan).All(service => Arm(service.Name, plan.Release) is { Ready: > 0 } or { Desired: 0 });

    /// <summary>How often workers of a release were started again, over all of their instances.</summary>
    public int WorkerRestarts(ReleasePlan plan) => plan.Configuration.Services
        .Where(service => service.Kind == ServiceKind.Worker)
        .Sum(service => Arm(service.Name, plan.Release)?.Restarts ?? 0);

    /// <summary>The longest time for which a service had nobody to route to, of those that a table since a generation began.</summary>
    public TimeSpan? LongestGap(long since) => observation.Services
        .Select(service => service.Gap)
        .Where(gap => gap is not null && gap.Generation >= since)
        .Max(gap => (TimeSpan?)gap!.Length);

    public bool HasReady(ReleasePlan plan) =>
        Web(plan).All(service => Arm(service.Name, plan.Release) is { Ready: > 0 });

    public bool HasNoneReady(ReleasePlan plan) =>
        Web(plan).All(service => Arm(service.Name, plan.Release) is null or { Ready: 0 });

    /// <summary>Instances on their way out, which the host shows as an arm of their own, run still.</summary>
    public bool HasStopped(ReleasePlan plan) => plan.Configuration.Services.All(service =>
        Running(service.Name, plan.Release) == 0);

    private int Running(string service, string revision) => observation.Services
        .Where(shown => shown.Service == service)
        .SelectMany(shown => shown.Arms)
        .Sum(arm => arm.Revision == revision ? arm.Running : 0);

    /// <summary>Neither the old release nor one that was kept warm until now, nor what is left of either.</summary>
    public bool NothingRunsBut(string release) =>
        observation.Services.SelectMany(service => service.Arms).All(arm => arm.Revision == release || arm.Running == 0);

    /// <summary>In the services that stable has too: in the others nobody else could have the traffic.</summary>
    public bool HasNoTraffic(ReleasePlan plan, ReleasePlan? stable) => plan.Configuration.Services
        .Where(service => stable is not null && Has(stable, service.Name))
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

    private static bool Has(ReleasePlan plan, string service) => plan.Configuration.Services.Any(known => known.Name == service);

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
