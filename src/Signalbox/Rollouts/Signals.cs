using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>Anything that may move a rollout.</summary>
public abstract record Signal
{
    private Signal() { }

    public sealed record Submit(ReleasePlan Plan, RolloutKind Kind, Principal Principal, string? Reason) : Signal;

    /// <summary>Go on now: past a pause, a manual step, or evidence still missing. Recorded as an override.</summary>
    public sealed record Advance(Principal Principal, string? Reason) : Signal;

    public sealed record Pause(Principal Principal, string? Reason) : Signal;

    public sealed record Resume(Principal Principal, string? Reason) : Signal;

    /// <summary>The rollout that waits in the queue is not wanted any more.</summary>
    public sealed record Withdraw(Principal Principal, string? Reason) : Signal;

    public sealed record Abort(Principal Principal, string? Reason) : Signal;

    /// <summary>What the host shows now.</summary>
    public sealed record Observed(TrackObservation Observation) : Signal;

    /// <summary>The host will not take the table, for a reason that waiting does not mend.</summary>
    public sealed record Refused(string Refusal, string Message) : Signal;

    /// <param name="Detail">Exit code or why it could not run; never its output.</param>
    /// <param name="OutputDigest">Digest of the output, which lies in a file that expires.</param>
    public sealed record HookFinished(string Hook, bool Succeeded, string Detail, string? OutputDigest) : Signal;

    /// <summary>The control plane died while the hook ran: whether it did its work is not known.</summary>
    public sealed record HookInterrupted(string Hook) : Signal;

    public sealed record Tick : Signal;
}

/// <summary>What a signal leads to.</summary>
/// <param name="Refusal">Why a person's command is not possible now; null when it was taken.</param>
public sealed record Decision(IReadOnlyList<RolloutEvent> Events, Refusal? Refusal = null)
{
    public static Decision None { get; } = new([]);

    public static Decision Of(params RolloutEvent[] events) => new(events);

    public static Decision Refuse(string id, string message, string? help = null) => new([], new Refusal(id, message, help));
}

public sealed record Refusal(string Id, string Message, string? Help);
