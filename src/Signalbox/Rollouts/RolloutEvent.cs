using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <summary>A fact about a track. Facts are versioned by their ledger type; new optional members only.</summary>
/// <param name="Principal">Who caused it.</param>
/// <param name="At">When it was decided.</param>
public abstract record RolloutEvent(Principal Principal, DateTimeOffset At)
{
    public sealed record Queued(Principal Principal, DateTimeOffset At, string Rollout, ReleasePlan Plan, RolloutKind Kind, string? Reason) : RolloutEvent(Principal, At);

    public sealed record QueueDropped(Principal Principal, DateTimeOffset At, string Rollout, string Reason) : RolloutEvent(Principal, At);

    public sealed record Started(Principal Principal, DateTimeOffset At, string Rollout, ReleasePlan Plan, RolloutKind Kind, string? From, string? Reason) : RolloutEvent(Principal, At)
    {
        /// <summary>Recreate: how long nobody will answer, as far as is known now.</summary>
        public TimeSpan? ExpectedGap { get; init; }
    }

    /// <summary>A hook is due: the host is asked for the state it presupposes (fail-safe "hold" before an irreversible one). It does not run yet.</summary>
    public sealed record HookRequested(Principal Principal, DateTimeOffset At, string Hook, bool Reversible) : RolloutEvent(Principal, At)
    {
        /// <summary>The post hook: what the judge left open when the bake time was over; null where it passed.</summary>
        public string? Baked { get; init; }

        /// <summary>The post hook: the judge's reports at the end of the bake time, per service; null where there are none.</summary>
        public IReadOnlyDictionary<string, JudgeReport>? Evidence { get; init; }
    }

    /// <summary>The host confirmed that state: the hook runs from here on.</summary>
    public sealed record HookStarted(Principal Principal, DateTimeOffset At, string Hook, bool Reversible) : RolloutEvent(Principal, At);

    public sealed record HookEnded(Principal Principal, DateTimeOffset At, string Hook, bool Succeeded, string Detail, string? OutputDigest) : RolloutEvent(Principal, At);

    /// <summary>The old release is asked to stop (recreate).</summary>
    public sealed record StopRequested(Principal Principal, DateTimeOffset At) : RolloutEvent(Principal, At);

    /// <summary>Instances enough for <paramref name="Weight"/> are asked for; the weight itself does not move yet.</summary>
    public sealed record CapacityRequested(Principal Principal, DateTimeOffset At, Weight Weight, string? Reason) : RolloutEvent(Principal, At)
    {
        /// <summary>Blue/green: the instances are to be looked at first, so that workers are not among them.</summary>
        public bool Previews { get; init; }
    }

    /// <summary>Blue/green: all instances are ready and its check has passed; it can be looked at until it switches.</summary>
    public sealed record PreviewBegan(Principal Principal, DateTimeOffset At) : RolloutEvent(Principal, At);

    /// <summary>Rolling: the new instances carry <paramref name="Weight"/>, so that stable is reduced by as much.</summary>
    public sealed record StableReduced(Principal Principal, DateTimeOffset At, Weight Weight) : RolloutEvent(Principal, At);

    /// <summary>Rolling, on the way back: the new release carries no more than <paramref name="Weight"/>; it is reduced to that, and stable grows by what then fits.</summary>
    public sealed record SteppedBack(Principal Principal, DateTimeOffset At, Weight Weight) : RolloutEvent(Principal, At);

    /// <summary>The canary gets <paramref name="Weight"/>. <paramref name="Evidence"/> are the reports that allowed it, per service.</summary>
    public sealed record StepReached(Principal Principal, DateTimeOffset At, int Step, Weight Weight, long CanaryRequests, IReadOnlyDictionary<string, JudgeReport> Evidence) : RolloutEvent(Principal, At)
    {
        /// <summary>Of its workers until now.</summary>
        public int Restarts { get; init; }
    }

    public sealed record Paused(Principal Principal, DateTimeOffset At, string Reason, WaitingFor WaitingFor) : RolloutEvent(Principal, At);

    public sealed record Resumed(Principal Principal, DateTimeOffset At, string? Reason) : RolloutEvent(Principal, At);

    /// <summary>A person lets it go on without waiting for time or evidence.</summary>
    public sealed record Overridden(Principal Principal, DateTimeOffset At, string? Reason) : RolloutEvent(Principal, At);

    /// <summary>A step's time ran out without evidence for or against; what the strategy does then is recorded.</summary>
    public sealed record Undecided(Principal Principal, DateTimeOffset At, int Step, OnUndecided Action, IReadOnlyDictionary<string, JudgeReport> Evidence) : RolloutEvent(Principal, At);

    /// <summary>Recreate taken back: the new release has stopped, the old one may start again.</summary>
    public sealed record StableRestarted(Principal Principal, DateTimeOffset At) : RolloutEvent(Principal, At);

    /// <summary>The new release has all traffic.</summary>
    public sealed record TookOver(Principal Principal, DateTimeOffset At, IReadOnlyDictionary<string, JudgeReport> Evidence) : RolloutEvent(Principal, At)
    {
        /// <summary>Of its workers until now.</summary>
        public int Restarts { get; init; }
    }

    /// <summary>The judge took the release back.</summary>
    public sealed record Judged(Principal Principal, DateTimeOffset At, string Service, JudgeReport Report) : RolloutEvent(Principal, At);

    /// <summary>The host fell to fail-safe by itself, with no evidence against the release; it starts over.</summary>
    public sealed record Fell(Principal Principal, DateTimeOffset At, long Latch, string Cause, string Detail) : RolloutEvent(Principal, At);

    public sealed record LatchAcknowledged(Principal Principal, DateTimeOffset At, long Latch, string Cause, string Detail) : RolloutEvent(Principal, At);

    /// <param name="LogDigest">Digest of the failed instance's last lines, which lie in a file that expires.</param>
    public sealed record AbortStarted(Principal Principal, DateTimeOffset At, string Reason, Phase Outcome, long? Latch, string? LogDigest) : RolloutEvent(Principal, At)
    {
        /// <summary>What the judge had counted until then, per service: it counts no more from here on. Null where it had not.</summary>
        public IReadOnlyDictionary<string, JudgeReport>? Evidence { get; init; }
    }

    public sealed record Halted(Principal Principal, DateTimeOffset At, string Reason, WaitingFor WaitingFor, long? Latch) : RolloutEvent(Principal, At)
    {
        /// <inheritdoc cref="AbortStarted.Evidence"/>
        public IReadOnlyDictionary<string, JudgeReport>? Evidence { get; init; }
    }

    public sealed record Ended(Principal Principal, DateTimeOffset At, Phase Outcome, string? Reason) : RolloutEvent(Principal, At)
    {
        /// <summary>At the end of the bake time: the judge's reports, per service; null where there are none.</summary>
        public IReadOnlyDictionary<string, JudgeReport>? Evidence { get; init; }
    }

    /// <summary>Recreate: for <paramref name="Gap"/> nobody answered, by the host's clock.</summary>
    public sealed record GapMeasured(Principal Principal, DateTimeOffset At, TimeSpan Gap) : RolloutEvent(Principal, At);

    /// <summary>The host's wall clock was set: every time of this track moves along, so that no duration grows or shrinks.</summary>
    /// <param name="At">By the new clock.</param>
    /// <param name="By">Positive where it was set forward.</param>
    public sealed record ClockStepped(Principal Principal, DateTimeOffset At, TimeSpan By) : RolloutEvent(Principal, At);

    /// <summary>The warm release is let go.</summary>
    public sealed record WarmRetired(Principal Principal, DateTimeOffset At, string Release) : RolloutEvent(Principal, At);
}
