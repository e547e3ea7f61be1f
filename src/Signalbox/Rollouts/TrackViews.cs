using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Runbooks;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>What people see, derived from a track's state and from what the host shows; nothing here decides.</summary>
public static class TrackViews
{
    /// <param name="failureLog">Last lines kept for a rollout, or none.</param>
    public static TrackView Of(TrackState state, TrackObservation? observation, string? problem, Func<string, IReadOnlyList<string>> failureLog) => new(
        state.Key.ToString(), state.Key.Application, state.Key.Environment,
        state.Active?.Phase.ToString() ?? "Idle", state.Stable?.Release, state.Warm?.Release, state.WarmUntil,
        state.Rollout is { } rollout ? Rollout(state.Key, rollout, observation, failureLog) : null,
        Services(state, observation), problem, RecreateGap.Expected(state) is { } gap ? new(gap.Gap, gap.Basis) : null);

    public static RolloutView Rollout(TrackKey key, RolloutState rollout, TrackObservation? observation, Func<string, IReadOnlyList<string>> failureLog) => new(
        rollout.Id, key.ToString(), rollout.Release, rollout.From, rollout.Kind.ToString(), rollout.Phase.ToString(),
        rollout.Step + 1, rollout.Steps.Count, Carried(rollout, observation),
        rollout.Reason, rollout.WaitingFor?.ToString(), rollout.Principal.Name, rollout.StartedAt, rollout.PhaseSince, rollout.EndedAt,
        rollout.Phase is Phase.RolledBack or Phase.Failed or Phase.Aborting or Phase.Halted ? failureLog(rollout.Id) : [],
        observation?.Latch?.Decision ?? observation?.Services.Select(service => service.Judge).FirstOrDefault(report => report is not null),
        rollout.WaitingFor?.Text(), GoesBackTo(rollout), (rollout.IsRecreate ? StrategyKind.Recreate : rollout.Strategy.Kind).ToString(), rollout.ExpectedGap, rollout.Gap)
    {
        Planned = rollout.EndedAt is null ? [.. rollout.Steps.Select(step => new StepView(step.Weight, step.For, step.ManualPause))] : null,
    };

    /// <summary>While it is taken back its declared weight is only what it may keep: what it has is what the host shows.</summary>
    private static Weight Carried(RolloutState rollout, TrackObservation? observation) =>
        rollout.IsFalling && observation is not null
            ? observation.Services.SelectMany(service => service.Arms).Where(arm => arm.Revision == rollout.Release).Select(arm => arm.Weight).DefaultIfEmpty(Weight.Zero).Max()
            : rollout.Weight;

    private static string? GoesBackTo(RolloutState rollout) =>
        rollout.Phase is Phase.Aborting or Phase.RolledBack ? rollout.From : rollout.Kind == RolloutKind.Rollback ? rollout.Release : null;

    /// <param name="into">The environment that it is about.</param>
    /// <param name="stable">What serves there.</param>
    public static PromotionView Promotion(TrackKey into, string? stable, PromotionState state)
    {
        var behind = state.Release is null ? 0 : StandingBook.Number(state.Release) - (stable is null ? 0 : StandingBook.Number(stable));
        var next = state.Phase switch
        {
            PromotionPhase.ByHand or PromotionPhase.Held or PromotionPhase.Soaking => $"signalbox release promote {state.Release} --to {into.Environment}",
            PromotionPhase.Waiting => $"signalbox gates check {state.Release} --env {into.Environment}",
            _ => null,
        };
        return new(into.Environment, state.From!, state.Release, stable, behind, state.Phase.ToString(), state.Because, state.Until, next);
    }

    /// <summary>The rollout that waits for the active one to end.</summary>
    public static RolloutView Queued(TrackState state)
    {
        var queued = state.Queued ?? throw new ArgumentException($"{state.Key} has no queued rollout", nameof(state));
        return new(
            queued.Rollout, state.Key.ToString(), queued.Plan.Release, state.Stable?.Release, queued.Kind.ToString(), "Queued", 0,
            queued.Plan.Configuration.Strategy.Steps.Count, Weight.Zero, queued.Reason, state.QueueWaitsFor.ToString(), queued.Principal.Name,
            queued.At, queued.At, null, [], null, state.QueueWaitsFor.Text(state.Active?.Id),
            queued.Kind == RolloutKind.Rollback ? queued.Plan.Release : null, queued.Plan.Configuration.Strategy.Kind.ToString());
    }

    /// <summary>A rollout that never began: dropped from the queue by a person, or for a newer release.</summary>
    public static RolloutView Withdrawn(TrackState before, RolloutEvent.QueueDropped dropped) => Queued(before) with
    {
        Phase = "Withdrawn",
        Reason = dropped.Reason,
        WaitingFor = null,
        WaitingText = null,
        GoesBackTo = null,
        PhaseSince = dropped.At,
        EndedAt = dropped.At,
    };

    private static List<ServiceView> Services(TrackState state, TrackObservation? observation)
    {
        var shapes = new[] { state.Active?.Plan, state.Stable }.OfType<ReleasePlan>().SelectMany(plan => plan.Configuration.Services);
        return [.. shapes.DistinctBy(service => service.Name).OrderBy(service => service.Name, StringComparer.Ordinal).Select(service =>
        {
            var seen = observation?.Services.FirstOrDefault(candidate => candidate.Service == service.Name);
            return new ServiceView(
                service.Name, service.Kind.ToString().ToLowerInvariant(), RolloutMachine.Listen(state, service) is { } listen ? $"http://{listen}" : null,
                [.. (seen?.Arms ?? []).Select(arm => Arm(state, arm))], seen?.Judge, seen?.ListenError, seen?.UserId, PreviewOf(state, service.Name), service.Schedule?.Expression, RolloutMachine.NextListen(state, service) is { } next ? $"http://{next}" : null);
        })];
    }

    private static string? PreviewOf(TrackState state, string service) =>
        RolloutMachine.Preview(state, service) is { } preview ? $"http://{preview.Listen}" : null;

    private static ArmView Arm(TrackState state, ArmObservation arm)
    {
        var role = arm.Revision == state.Stable?.Release ? "stable" : arm.Revision == state.Active?.Release ? "canary" : "warm";
        return new(arm.Revision, role, arm.Desired, arm.Ready, arm.Weight, arm.Restarts, arm.Requests, arm.Bad, arm.InFlight, arm.Failure, arm.Latency);
    }
}

/// <summary>A ledger entry as one line for people.</summary>
public static class HistorySummary
{
    /// <returns>Null where the entry is no event of a release or a rollout.</returns>
    public static HistoryEntry? Of(LedgerEntry entry) => Text(entry) is { } text
        ? new(entry.Sequence, entry.At, entry.Stream, entry.Principal.Name, entry.Type, text)
        : null;

    private static string? Text(LedgerEntry entry) => RolloutEvents.ReleaseFrom(entry) is { } release
        ? $"release {release.Id} made" + (release.Source is { } source ? $" from {source.Commit[..Math.Min(10, source.Commit.Length)]}{(source.Dirty ? " with uncommitted changes" : "")}" : "")
        : GateEvents.FromEntry(entry) is { } decided
        ? $"the gates {(decided.Verdict == GateVerdict.Allow ? "let" : decided.Verdict == GateVerdict.Deny ? "deny" : "cannot decide on")} {decided.Release}{(decided.Verdict == GateVerdict.Allow ? " go out" : $": {string.Join(", ", decided.Results.Where(result => result.Stops).Select(result => result.Gate).Distinct())}")}"
        : PracticeEvents.Text(entry) ?? Text(RolloutEvents.FromEntry(entry));

    private static string? Text(RolloutEvent? happened) => happened switch
    {
        RolloutEvent.Queued e => $"{e.Plan.Release} waits as {e.Rollout}" + Because(e.Reason),
        RolloutEvent.QueueDropped e => $"{e.Rollout} is dropped from the queue: {e.Reason}",
        RolloutEvent.Started e => $"{e.Rollout} begins: {e.Plan.Release}{(e.From is null ? "" : $" over {e.From}")}{(e.Kind == RolloutKind.Rollback ? " (rollback)" : "")}" + Because(e.Reason),
        RolloutEvent.HookRequested e => $"the {e.Hook} hook is due{(e.Reversible ? "" : " (irreversible)")}; the host is asked for its table first",
        RolloutEvent.HookStarted e => $"the {e.Hook} hook runs{(e.Reversible ? "" : " (irreversible)")}",
        RolloutEvent.HookEnded e => $"the {e.Hook} hook {(e.Succeeded ? "succeeded" : "failed")}: {e.Detail}",
        RolloutEvent.StopRequested => "the old release stops first (recreate)",
        RolloutEvent.CapacityRequested e => $"instances for {e.Weight} asked for" + Because(e.Reason),
        RolloutEvent.PreviewBegan => "it is ready in full and can be looked at",
        RolloutEvent.StableReduced e => $"the old release is reduced by {e.Weight}, which the new one carries",
        RolloutEvent.SteppedBack e => $"the new release is reduced to {e.Weight} on the way back",
        RolloutEvent.StepReached e => $"step {e.Step + 1}: the canary gets {e.Weight}",
        RolloutEvent.Paused e => $"paused: {e.Reason}; waits for {e.WaitingFor.Text()}",
        RolloutEvent.Resumed e => "resumed" + Because(e.Reason),
        RolloutEvent.Overridden e => "goes on without waiting, by a person's word" + Because(e.Reason),
        RolloutEvent.Undecided e => $"step {e.Step + 1} stayed undecided: {e.Action.ToString().ToLowerInvariant()}",
        RolloutEvent.StableRestarted => "the old release starts again",
        RolloutEvent.TookOver => "took over: it has all traffic",
        RolloutEvent.Judged e => $"judged bad in {e.Service}: {e.Report.Explanation}",
        RolloutEvent.Fell e => $"fell to fail-safe ({e.Cause}): {e.Detail}; starts over",
        RolloutEvent.LatchAcknowledged e => $"the host's latch {e.Latch} ({e.Cause}) was read",
        RolloutEvent.AbortStarted e => $"is taken back: {e.Reason}",
        RolloutEvent.Halted e => $"halted: {e.Reason}; waits for {e.WaitingFor.Text()}",
        RolloutEvent.Ended e => $"ended {e.Outcome}" + Because(e.Reason),
        RolloutEvent.ClockStepped e => $"the clock was set {(e.By > TimeSpan.Zero ? "forward" : "back")} by {e.By.Duration():c}; deadlines moved along",
        RolloutEvent.GapMeasured e => FormattableString.Invariant($"nobody answered for {e.Gap.TotalSeconds:0.###} s"),
        RolloutEvent.WarmRetired e => $"{e.Release} is kept warm no longer",
        _ => null,
    };

    private static string Because(string? reason) => reason is null ? "" : $": {reason}";
}
