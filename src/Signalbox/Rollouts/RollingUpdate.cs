using Signalbox.Delivery;

namespace Signalbox.Rollouts;

/// <summary>
/// How many instances of either release a rolling rollout has at which weight; pure arithmetic. Weights move on a grid of
/// k/N, N being the instances of the greatest service, so that its instances move one by one and those of the others in
/// proportion.
/// </summary>
/// <remarks>
/// The old release, asked to run for what is not yet <em>released</em>, and the new one, asked to run for a weight, never have
/// more than <c>max(old, new) + surge</c> instances of a service together; released ≤ weight, so that together they always
/// carry the full load.
/// </remarks>
internal sealed class RollingUpdate
{
    private readonly IReadOnlyList<(ServiceConfiguration New, ServiceConfiguration Old)> _replaced;
    private readonly int _surge;

    public RollingUpdate(ReleasePlan plan, ReleasePlan stable)
    {
        _surge = plan.Configuration.Strategy.Rolling?.Surge ?? 1;
        _replaced =
        [
            .. from service in plan.Configuration.Services
               from old in stable.Configuration.Services
               where Replaces(old, service) is not null
               select (service, old),
        ];
        Grid = plan.Configuration.Services.Where(service => service.Kind != ServiceKind.Cron).Select(service => service.Instances).DefaultIfEmpty(1).Max();
    }

    /// <summary>Instances of the greatest service.</summary>
    public int Grid { get; }

    /// <summary>The weight at which the greatest service has <paramref name="instances"/> new ones. Rounded down: never above capacity.</summary>
    public Weight At(int instances) => new(Weight.Full * instances / Grid);

    /// <summary>
    /// The service whose instances take over from an old one's as it shrinks: of the same name and kind. A worker does not answer
    /// what a web service did, and a cron has no instances to share.
    /// </summary>
    public static ServiceConfiguration? Replaces(ServiceConfiguration old, ServiceConfiguration? next) =>
        next is not null && next.Name == old.Name && next.Kind == old.Kind && next.Kind != ServiceKind.Cron ? next : null;

    /// <summary>Instances of a service that carry a weight: its share of them, rounded up.</summary>
    public static int Share(int instances, Weight weight) => ((instances * weight.BasisPoints) + Weight.Full - 1) / Weight.Full;

    /// <summary>A service's own share where the rollout has a weight: what its new instances carry, each as much as any other.</summary>
    public static Weight WeightOf(int instances, Weight weight) => new(Weight.Full * Share(instances, weight) / instances);

    /// <summary>Old instances that carry what the new ones of a service for <paramref name="released"/> do not.</summary>
    public static int Left(int oldInstances, int newInstances, Weight released)
    {
        var still = newInstances - Share(newInstances, released);
        return ((oldInstances * still) + newInstances - 1) / newInstances;
    }

    /// <summary>The weights on the way to 100 %, which always follows. Those within a batch, where surge is smaller than it, pass at once.</summary>
    public IReadOnlyList<RolloutStep> Steps(RollingPace pace, bool pauses)
    {
        var steps = new List<RolloutStep>();
        var batch = Math.Max(1, pace.BatchInstances ?? (pace.BatchShare is { } share ? Share(Grid, share) : 1));
        for (var at = 0; ;)
        {
            var end = ((at / batch) + 1) * batch;
            at = Math.Min(end, IndexOf(Furthest(At(at))));
            if (at >= Grid) return steps;
            var passes = at < end || !pauses;
            steps.Add(new(At(at), passes ? TimeSpan.Zero : pace.Pause, !passes && pace.ManualPause, passes));
        }
    }

    /// <summary>The greatest weight whose instances may run while the old release is reduced by <paramref name="released"/>.</summary>
    private Weight Furthest(Weight released)
    {
        var index = IndexOf(released);
        while (index < Grid && Fits(At(index + 1), released)) index++;
        return At(index);
    }

    /// <summary>By how little the old release may be reduced while the new one runs for <paramref name="scaled"/>.</summary>
    public Weight LeastReleased(Weight scaled)
    {
        var index = IndexOf(scaled);
        while (index > 0 && Fits(scaled, At(index - 1))) index--;
        return At(index);
    }

    /// <summary>The smallest weight whose instances carry what the new release has in force.</summary>
    /// <param name="inForce">Per service; one without traffic is no reason for an instance.</param>
    public Weight Covering(Func<string, Weight> inForce)
    {
        for (var index = 0; index < Grid; index++)
            if (_replaced.All(service => service.New.Kind != ServiceKind.Web || Share(service.New.Instances, At(index)) >= Share(service.New.Instances, inForce(service.New.Name))))
                return At(index);
        return Weight.All;
    }

    public bool Fits(Weight scaled, Weight released) => _replaced.All(service =>
        Share(service.New.Instances, scaled) + Left(service.Old.Instances, service.New.Instances, released)
        <= Math.Max(service.Old.Instances, service.New.Instances) + _surge);

    private int IndexOf(Weight weight) => Share(Grid, weight);
}

/// <summary>A weight on the way to 100 % and what is waited for there.</summary>
/// <param name="For">The least time at this weight.</param>
/// <param name="ManualPause">Wait at this weight for <c>signalbox advance</c>.</param>
/// <param name="Passes">Within a batch: neither time nor evidence is waited for.</param>
public sealed record RolloutStep(Weight Weight, TimeSpan For, bool ManualPause, bool Passes);
