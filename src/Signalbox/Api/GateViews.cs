using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Gates;

namespace Signalbox.Api;

/// <param name="Content">Digest of the content, which <c>/evidence/{id}/content</c> gives.</param>
/// <param name="Verification">Verified, Failed or Unsigned; <paramref name="Steps"/> says link by link.</param>
/// <param name="Withdrawn">By whom and why, where it counts no longer.</param>
/// <param name="Facts">What the gates decide by; only where one piece is asked for.</param>
public sealed record EvidenceView(
    string Id, string Kind, string Subject, string By, DateTimeOffset At, string Origin, string Where, string Content, long Size,
    string Verification, IReadOnlyList<string> Steps, string Summary, IReadOnlyList<string> AlsoOf, long Sequence, string? Withdrawn = null, RawJson? Facts = null)
{
    /// <summary>The application that it speaks for alone; null where it is any application's that has its subject.</summary>
    public string? For { get; init; }

    public static EvidenceView Of(EvidenceRecord record, EvidenceWithdrawal? gone) => new(
        record.Id.Value, record.Kind.Word(), record.Subject.Value, record.By.Name, record.At, record.Source.Origin.ToString().ToLowerInvariant(), record.Source.Where,
        record.Content.Digest.Value, record.Content.Size, record.Verification.Verdict.ToString(), record.Verification.Steps, record.Summary,
        [.. record.AlsoOf.Select(other => other.Value)], record.Sequence, gone is null ? null : $"by {gone.By}: {gone.Reason}")
    { For = record.For };
}

public sealed record WithdrawEvidence(string Reason);

/// <param name="Sequence">Its place in the ledger, by which it is asked for.</param>
/// <param name="Principal">For whom it was decided.</param>
public sealed record GateDecisionView(long Sequence, string Track, string Principal, GateDecided Decision);

/// <param name="Same">Whether deciding again, on the inputs that were kept, says the same; null where they are lost.</param>
public sealed record GateReplayView(long Sequence, bool? Same, GateReport? Report);

/// <param name="Digest">Empty, as are <paramref name="Text"/> and <paramref name="By"/>, where nothing is in force and something waits.</param>
/// <param name="Proposed">Digest of a weakening that waits for somebody else's word, and <paramref name="ProposedBy"/> whose it is.</param>
public sealed record PolicyView(string Scope, string Digest, string Text, string By, DateTimeOffset At, string? Proposed, string? ProposedBy)
{
    /// <summary>What waits, as it was written; null where nothing does.</summary>
    public string? ProposedText { get; init; }

    /// <summary>What that would change of what is in force; null where nothing waits, or where this version cannot read it.</summary>
    public IReadOnlyList<PolicyChange>? ProposedChanges { get; init; }
}

/// <param name="Waits">It weakens, so somebody else has to approve it first.</param>
public sealed record PolicySetView(string Scope, string Digest, bool Waits, bool Unchanged, IReadOnlyList<PolicyChange> Changes);

public sealed record ApprovePolicy(string Scope, string Digest);

/// <param name="Override">freeze, to let it through a freeze window; null to approve it.</param>
/// <param name="ValidFor">How long an override holds; 4 h unless told.</param>
public sealed record Approve(string Release, string Environment, string? Comment, string? Override = null, TimeSpan? ValidFor = null);
