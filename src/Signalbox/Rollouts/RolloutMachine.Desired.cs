using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

public static partial class RolloutMachine
{
    /// <summary>What the host shall make true for this track. The engine adds its epoch and the split secret.</summary>
    /// <param name="epoch">The control plane's incarnation.</param>
    /// <param name="splitSecret">Base64 secret of a rollout id, for the sticky split.</param>
    public static DeclaredTable Desired(TrackState state, long epoch, Func<string, string> splitSecret)
    {
        var rollout = state.Active;
        var plans = new[] { state.Stable, rollout?.Plan, state.Warm }.OfType<ReleasePlan>().DistinctBy(plan => plan.Release).ToList();
        var newest = rollout?.Plan ?? state.Stable;
        var services = plans.SelectMany(plan => plan.Configuration.Services).Select(service => service.Name).Distinct().Order(StringComparer.Ordinal);
        return new(
            DeclaredTable.CurrentProtocol, epoch, state.Generation, state.Key.ToString(), rollout?.Id,
            [.. services.Select(name => Service(state, name, newest!, plans, rollout is null ? null : splitSecret(rollout.Id)))],
            FailSafe(state),
            state.AcknowledgedLatch,
            newest?.Configuration.Strategy.LossOfContact ?? TimeSpan.FromSeconds(10),
            rollout is { IsFalling: true },
            rollout?.Condemned,
            Keep(state));
    }

    /// <summary>What a person may go back to by one word, and what waits to begin, must not be collected meanwhile.</summary>
    private static List<Digest>? Keep(TrackState state)
    {
        var plans = state.Queued is { } queued ? state.Past.Append(queued.Plan) : state.Past;
        List<Digest> kept = [.. plans.SelectMany(plan => plan.Artifacts.Values).Distinct()];
        return kept.Count == 0 ? null : kept;
    }

    /// <summary>
    /// Fail-safe is canary 0 while stable runs in full. While a rolling rollout has reduced stable, and on its way back, it is what
    /// stable's instances can carry. Otherwise, and before an irreversible hook may start, weights hold (decision 4).
    /// </summary>
    internal static FailSafeMode FailSafe(TrackState state)
    {
        if (state.Active is not { From: not null, StableStopped: false, IsRecreate: false } rollout) return FailSafeMode.Hold;
        if (rollout is { IsFalling: true, IsRolling: true, Steps.Count: > 0 }) return FailSafeMode.Capacity;
        if (rollout.CannotGoBack || rollout.DueHook is { Reversible: false }) return FailSafeMode.Hold;
        if (state.Stable!.Configuration.Services.Any(service => service.Kind == ServiceKind.Web && OfStable(state, service) < service.Instances)) return FailSafeMode.Capacity;
        return rollout.Kind == RolloutKind.Deploy ? FailSafeMode.Stable : FailSafeMode.Hold;
    }

    private static ServiceTable Service(
        TrackState state, string name, ReleasePlan newest, List<ReleasePlan> plans, string? secret)
    {
        var owner = plans.FirstOrDefault(plan => plan.Release == newest.Release && Find(plan, name) is not null)
            ?? plans.First(plan => Find(plan, name) is not null);
        var shape = Find(owner, name)!;
        var arms = plans.Where(plan => Find(plan, name) is not null).Select(plan => Arm(state, plan, Find(plan, name)!, shape)).ToList();
        var isWeb = shape.Kind == ServiceKind.Web;
        return new(
            name, shape.Kind, Listen(state, shape), shape.Sticky, shape.Sticky is null ? null : secret,
            state.Stable is { } stable && Find(stable, name) is not null ? stable.Release : null,
            arms, shape.DrainTimeout, isWeb ? Judge(state, name) : null, Preview(state, name), shape.Schedule, NextListen(state, shape));
    }

    /// <summary>Where the new release alone is seen: until the switch, and no longer once it is taken back.</summary>
    internal static PreviewTable? Preview(TrackState state, string service) =>
        state.Active is { Previews: true, IsBlueGreen: true, IsFalling: false } rollout && Find(rollout.Plan, service) is not null
        && rollout.Strategy.BlueGreen?.Preview.GetValueOrDefault(service) is { } listen
            ? new(listen, rollout.Release)
            : null;

    /// <summary>Stable, while clients reach the services at its addresses: until the new release took over, and again once it is taken back.</summary>
    private static ReleasePlan? ReachedAs(TrackState state) =>
        state.Active is { } rollout && (rollout.TookOverAt is null || rollout.IsFalling) ? state.Stable : null;

    /// <summary>Where a service is reached. An address of its own that stable has not waits, taken back, for nobody: it may be the one that could not be had.</summary>
    internal static ListenAddress? Listen(TrackState state, ServiceConfiguration shape)
    {
        if (Find(ReachedAs(state), shape.Name) is { } served) return served.Listen;
        return state.Active is { IsFalling: true } || IsTaken(state, shape) ? null : shape.Listen;
    }

    /// <summary>Who serves, and who goes out, has its addresses before a service that it does not have: that one may just have another name now.</summary>
    private static bool IsTaken(TrackState state, ServiceConfiguration shape) =>
        new[] { ReachedAs(state), state.Active?.Plan ?? state.Stable }.OfType<ReleasePlan>()
            .Any(plan => Find(plan, shape.Name) is null && ListensAt(plan, shape.Listen));

    /// <summary>Opened from the beginning, so that one that cannot be had is known before anything has moved there.</summary>
    internal static ListenAddress? NextListen(TrackState state, ServiceConfiguration shape) =>
        state.Active is { IsFalling: false } && ReachedAs(state) is { } stable && Find(stable, shape.Name) is not null && !ListensAt(stable, shape.Listen)
            ? shape.Listen
            : null;

    private static bool ListensAt(ReleasePlan plan, ListenAddress? address) =>
        plan.Configuration.Services.Any(service => Equals(service.Listen, address));

    /// <summary>Kind, schedule and drain are each release's own: while it runs, nothing of another one's may be done with it (decision 100).</summary>
    /// <param name="shape">The service as the table has it.</param>
    private static ArmTable Arm(TrackState state, ReleasePlan plan, ServiceConfiguration service, ServiceConfiguration shape) => new(
        plan.Release, plan.Artifacts[service.Name], Instances(state, plan, service), WeightOf(state, plan, service),
        service.Command, service.Environment, service.Health, service.StopGrace, service.Kind == ServiceKind.Web ? service.Instances : 0,
        service.Kind == shape.Kind ? null : service.Kind,
        Equals(service.Schedule, shape.Schedule) ? null : service.Schedule,
        service.DrainTimeout == shape.DrainTimeout ? null : service.DrainTimeout);

    private static int Instances(TrackState state, ReleasePlan plan, ServiceConfiguration service)
    {
        if (plan.Release == state.Stable?.Release) return OfStable(state, service);
        if (plan.Release != state.Active?.Release) return service.Kind == ServiceKind.Web ? service.Instances : 0;
        var rollout = state.Active;
        // on its way back without traffic it is for nothing, and a host that has not its artifact must be able to take the table
        if (rollout is { IsRecreate: true, Phase: Phase.Stopping } || (rollout.IsFalling && rollout.Weight == Weight.Zero)) return 0;
        return service.Kind == ServiceKind.Cron && rollout.IsInCharge ? 1 : rollout.Needed(service, rollout.ScaledFor);
    }

    /// <summary>Stable runs in full until it gives way: all at once, or rolling by what the new instances carry.</summary>
    private static int OfStable(TrackState state, ServiceConfiguration service)
    {
        if (state.Active is not { } rollout) return service.Instances;
        if (rollout.StableStopped || (service.Kind != ServiceKind.Web && rollout.IsInCharge)) return 0;
        return rollout.IsRolling && RollingUpdate.Replaces(service, Find(rollout.Plan, service.Name)) is { } next
            ? RollingUpdate.Left(service.Instances, next.Instances, rollout.Released)
            : service.Instances;
    }

    /// <summary>
    /// Canary has the rollout's weight and stable the rest; a service that only one of them has goes with that one, and requests to
    /// one that is web no more with stable.
    /// </summary>
    private static Weight WeightOf(TrackState state, ReleasePlan plan, ServiceConfiguration service)
    {
        var rollout = state.Active;
        if (plan.Release == rollout?.Release && Find(state.Stable, service.Name) is { Kind: ServiceKind.Web } && service.Kind != ServiceKind.Web) return Weight.Zero;
        if (plan.Release == rollout?.Release)
            return state.Stable is null || Find(state.Stable, service.Name) is not null || rollout.Weight == Weight.Zero ? Own(rollout, service) : Weight.All;
        if (plan.Release != state.Stable?.Release) return Weight.Zero;
        if (rollout is null || Find(rollout.Plan, service.Name) is not { } next) return Weight.All;
        return service.Kind == ServiceKind.Web && next.Kind != ServiceKind.Web ? Weight.All : Own(rollout, next).Rest;
    }

    /// <summary>Rolling: what the service's new instances carry, so that each of all carries as much; else the rollout's weight.</summary>
    private static Weight Own(RolloutState rollout, ServiceConfiguration service) =>
        rollout.IsRolling ? RollingUpdate.WeightOf(service.Instances, rollout.Weight) : rollout.Weight;

    private static JudgePlan? Judge(TrackState state, string service)
    {
        if (state.Active is not { Judged: true, JudgedBad: null, Phase: not (Phase.Aborting or Phase.Halted or Phase.Stopping or Phase.PreHook) } rollout) return null;
        // nobody reaches one that is web only now before it took over: there is nothing to compare
        if (state.Stable is not { } stable || Find(stable, service) is not { Kind: ServiceKind.Web } || Find(rollout.Plan, service) is not { } configured) return null;
        var guard = Own(rollout, configured) == Weight.All;
        if ((rollout.IsRecreate || rollout.IsBlueGreen) && !guard) return null;
        var analysis = rollout.Strategy.Analysis;
        return new(
            rollout.Id, rollout.Release, stable.Release, guard ? JudgeMode.Guard : JudgeMode.Compare, analysis.Alpha, analysis.ToleratedRatio,
            analysis.Margin, analysis.Beta, analysis.Limit, analysis.AgeLimit, analysis.WarmUp, analysis.Latency, configured.Objective.LatencyP99);
    }

    private static ServiceConfiguration? Find(ReleasePlan? plan, string service) =>
        plan?.Configuration.Services.FirstOrDefault(candidate => candidate.Name == service);
}
