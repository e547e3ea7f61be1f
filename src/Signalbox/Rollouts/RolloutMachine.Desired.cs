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
            FallsToStable(state) ? FailSafeMode.Stable : FailSafeMode.Hold,
            state.AcknowledgedLatch,
            newest?.Configuration.Strategy.LossOfContact ?? TimeSpan.FromSeconds(10),
            rollout is { IsFalling: true },
            rollout?.Condemned);
    }

    /// <summary>Fail-safe is canary 0 while stable runs in full; otherwise, and before an irreversible hook may start, weights hold (decision 4).</summary>
    internal static bool FallsToStable(TrackState state) =>
        state.Active is { From: not null, CannotGoBack: false, StableStopped: false, Kind: RolloutKind.Deploy } rollout
        && !rollout.IsRecreate && rollout.DueHook is null or { Reversible: true };

    private static ServiceTable Service(
        TrackState state, string name, ReleasePlan newest, List<ReleasePlan> plans, string? secret)
    {
        var owner = plans.FirstOrDefault(plan => plan.Release == newest.Release && Find(plan, name) is not null)
            ?? plans.First(plan => Find(plan, name) is not null);
        var shape = Find(owner, name)!;
        var arms = plans.Where(plan => Find(plan, name) is not null).Select(plan => Arm(state, plan, Find(plan, name)!)).ToList();
        var isWeb = shape.Kind == ServiceKind.Web;
        return new(
            name, shape.Kind, Listen(state, shape), shape.Sticky, shape.Sticky is null ? null : secret,
            state.Stable is { } stable && Find(stable, name) is not null ? stable.Release : null,
            arms, shape.DrainTimeout, isWeb ? Judge(state, name) : null);
    }

    /// <summary>Taken back, the address goes back too: the canary's may be the one that could not be had.</summary>
    private static ListenAddress? Listen(TrackState state, ServiceConfiguration shape)
    {
        var goesBack = state.Active is { Phase: Phase.Aborting } or { Phase: Phase.Halted, CannotGoBack: false };
        if (!goesBack) return shape.Listen;
        return state.Stable is { } stable ? Find(stable, shape.Name)?.Listen : null;
    }

    private static ArmTable Arm(TrackState state, ReleasePlan plan, ServiceConfiguration service) => new(
        plan.Release, plan.Artifacts[service.Name], Instances(state, plan, service), WeightOf(state, plan, service),
        service.Command, service.Environment, service.Health, service.StopGrace);

    private static int Instances(TrackState state, ReleasePlan plan, ServiceConfiguration service)
    {
        var rollout = state.Active;
        if (rollout is not null && plan.Release == rollout.Release && plan.Release != state.Stable?.Release)
            return rollout.IsRecreate && rollout.Phase is Phase.Aborting or Phase.Stopping
                ? 0
                : Fleet.Needed(service, rollout.ScaledFor);
        if (plan.Release != state.Stable?.Release) return service.Kind == ServiceKind.Web ? service.Instances : 0;
        var givesWay = rollout is { StableStopped: true } || (service.Kind != ServiceKind.Web && rollout is { TookOverAt: not null, Phase: not Phase.Aborting });
        return givesWay ? 0 : service.Instances;
    }

    /// <summary>Canary has the rollout's weight and stable the rest; a service that only one of them has goes with that one.</summary>
    private static Weight WeightOf(TrackState state, ReleasePlan plan, ServiceConfiguration service)
    {
        var rollout = state.Active;
        if (plan.Release == rollout?.Release)
            return state.Stable is null || Find(state.Stable, service.Name) is not null || rollout.Weight == Weight.Zero ? rollout.Weight : Weight.All;
        if (plan.Release != state.Stable?.Release) return Weight.Zero;
        return rollout is not null && Find(rollout.Plan, service.Name) is not null ? rollout.Weight.Rest : Weight.All;
    }

    private static JudgePlan? Judge(TrackState state, string service)
    {
        if (state.Active is not { Judged: true, JudgedBad: null, Phase: not (Phase.Aborting or Phase.Halted or Phase.Stopping or Phase.PreHook) } rollout) return null;
        if (state.Stable is not { } stable || Find(stable, service) is null || Find(rollout.Plan, service) is not { } configured) return null;
        var guard = rollout.Weight == Weight.All;
        if (rollout.IsRecreate && !guard) return null;
        var analysis = rollout.Strategy.Analysis;
        return new(
            rollout.Id, rollout.Release, stable.Release, guard ? JudgeMode.Guard : JudgeMode.Compare, analysis.Alpha, analysis.ToleratedRatio,
            analysis.Margin, analysis.Beta, analysis.Limit, analysis.AgeLimit, analysis.WarmUp, analysis.Latency, configured.Objective.LatencyP99);
    }

    private static ServiceConfiguration? Find(ReleasePlan plan, string service) =>
        plan.Configuration.Services.FirstOrDefault(candidate => candidate.Name == service);
}
