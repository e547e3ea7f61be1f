using Signalbox.Delivery;
using Signalbox.Ledger;
using static Signalbox.Rollouts.RolloutEvent;

namespace Signalbox.Rollouts;

/// <summary>What rolling and blue/green have of their own.</summary>
public static partial class RolloutMachine
{
    private static readonly RollingPace s_oneByOne = new(1, null, 1, TimeSpan.Zero);

    /// <summary>The weights on the way to all traffic, as they are frozen when a rollout starts.</summary>
    /// <remarks>
    /// A canary is a share of requests, so that an application without any to compare takes over at once and is watched while
    /// it bakes. A rollback rolls too, but for a release that is warm: that one runs in full and returns in one swap.
    /// </remarks>
    private static IReadOnlyList<RolloutStep> StepsOf(TrackState before, ReleasePlan plan, RolloutKind kind)
    {
        if (before.Stable is not { } stable || HasExclusive(stable)) return [];
        var (strategy, deploys) = (plan.Configuration.Strategy, kind == RolloutKind.Deploy);
        return strategy.Kind switch
        {
            StrategyKind.Canary when deploys && HasComparable(plan, stable) => [.. strategy.Steps.Select(step => new RolloutStep(step.Weight, step.For, step.ManualPause, false))],
            StrategyKind.Rolling when deploys || before.Warm?.Release != plan.Release => new RollingUpdate(plan, stable).Steps(strategy.Rolling ?? s_oneByOne, pauses: deploys),
            _ => [],
        };
    }

    private static bool HasExclusive(ReleasePlan plan) => plan.Configuration.Services.Any(service => service.Data == DataMode.Exclusive);

    private static bool HasComparable(ReleasePlan plan, ReleasePlan stable) =>
        plan.Configuration.Services.Any(service => service.Kind == ServiceKind.Web && Find(stable, service.Name) is { Kind: ServiceKind.Web });

    /// <summary>Rolling: stable shrinks once the new instances carry their share, and the next ones are asked for once that room is there.</summary>
    /// <returns>Null where nothing is to be waited for.</returns>
    private static Decision? MakeRoom(TrackState state, RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        if (state.Stable is not { } stable) return null;
        if (rollout.Released < rollout.Weight)
            return fleet.Generation >= rollout.StepGeneration && fleet.Carries(rollout, stable)
                ? Decision.Of(new StableReduced(Principal.Engine, now, rollout.Weight))
                : Stuck(rollout, fleet, now, $"its instances for {rollout.Weight} did not stay ready");
        if (rollout.ScaledFor > rollout.Weight || fleet.HasLeft(service => Instances(state, stable, service), stable)) return null;
        return Stuck(rollout, fleet, now, $"the instances of {stable.Release} that gave way did not stop");
    }

    private static Decision ReadyToBeSeen(RolloutState rollout, DateTimeOffset now) => Decision.Of(
        rollout.HookOf(Phase.Checking) is { } check
            ? new HookRequested(Principal.Engine, now, Phase.Checking.HookName()!, check.Reversible)
            : new PreviewBegan(Principal.Engine, now));

    /// <summary>Nothing of what is seen at the preview address is evidence: a person, a check or time lets it switch, and readiness.</summary>
    private static Decision Previewing(RolloutState rollout, Fleet fleet, DateTimeOffset now)
    {
        var pace = rollout.Strategy.BlueGreen;
        if (pace is { ManualPause: true } && !rollout.Override)
            return Decision.Of(new Paused(Principal.Engine, now, $"it is ready{SeenAt(pace)} and waits for a person to let it switch", WaitingFor.Advance));
        if (KeepsFailing(rollout, fleet, now) is { } failing) return new(failing);
        var pause = rollout.Override ? TimeSpan.Zero : pace?.Pause ?? TimeSpan.Zero;
        if (now - rollout.PhaseSince < pause) return Decision.None;
        if (!fleet.IsReadyFor(rollout, Weight.All)) return Stuck(rollout, fleet, now, "its instances were not all ready for the switch", after: pause);
        return rollout.Plan.Configuration.Services.Any(service => service.Kind == ServiceKind.Worker)
            ? Decision.Of(new CapacityRequested(Principal.Engine, now, Weight.All, "its workers start for the switch"))
            : TakeOver(rollout, fleet, now);
    }

    private static string SeenAt(BlueGreenSwitch pace) =>
        pace.Preview.Count == 0 ? "" : $", seen at {string.Join(" and ", pace.Preview.Values.Select(listen => $"http://{listen}"))},";
}
