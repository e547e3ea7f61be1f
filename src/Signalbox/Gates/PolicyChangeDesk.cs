using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Ledger;

namespace Signalbox.Gates;

/// <summary>What becomes of a policy that somebody brings.</summary>
/// <param name="Entry">What to append; null where nothing changes.</param>
/// <param name="Waits">It weakens: somebody else has to approve it first.</param>
public sealed record PolicyOutcome(NewEntry? Entry, IReadOnlyList<PolicyChange> Changes, bool Waits, Digest Digest);

/// <summary>Changes of policies: tightening is anybody's who may set policies, weakening needs a second person where there is one.</summary>
public static class PolicyChangeDesk
{
    /// <summary>A proposal is approved within this time or made again: what it was compared with has moved on.</summary>
    public static readonly TimeSpan ProposalValidFor = TimeSpan.FromDays(7);

    public static IReadOnlyList<PolicyChange> Compare(PolicyBook book, string scope, Policy after) => PolicyDiff.Between(book.InForce(scope)?.Policy ?? Policy.Default, after);

    /// <param name="read">Without errors.</param>
    /// <param name="isApprover">Whether somebody else could approve.</param>
    public static PolicyOutcome Set(PolicyBook book, string scope, string text, Policy read, Principal by, bool isApprover)
    {
        var (changes, digest) = (Compare(book, scope, read), PolicyBook.DigestOf(text));
        if (book.Find(scope)?.Digest == digest) return new(null, [], false, digest);
        if (!Weakens(book, scope, changes)) return new(PolicyEvents.ToEntry(new PolicySet(scope, text, changes, null, false), by), changes, false, digest);
        return isApprover
            ? new(PolicyEvents.ToEntry(new PolicyProposed(scope, text, changes), by), changes, true, digest)
            : new(PolicyEvents.ToEntry(new PolicySet(scope, text, changes, null, true), by), changes, false, digest);
    }

    /// <returns>The entry, or why it is refused.</returns>
    public static (NewEntry? Entry, string? Refusal) Approve(PolicyBook book, string scope, Digest digest, Principal by, DateTimeOffset now)
    {
        if (book.Proposal(scope) is not { } proposal || proposal.Digest != digest) return (null, $"no proposal {digest} waits for {scope}");
        if (proposal.By == by) return (null, $"{by} proposed it; expected somebody else's word");
        if (now - proposal.At > ProposalValidFor) return (null, $"it was proposed on {proposal.At:yyyy-MM-dd}, more than {ProposalValidFor.Days} days ago; expected it to be proposed anew");
        if (PolicyReader.Read(Encoding.UTF8.GetBytes(proposal.Text), scope, _ => true).Policy is not { } policy) return (null, "it cannot be read by this version");
        return (PolicyEvents.ToEntry(new PolicySet(scope, proposal.Text, Compare(book, scope, policy), proposal.By.Name, false), by), null);
    }

    /// <summary>One that cannot be read lets nothing through, so whatever takes its place weakens it.</summary>
    private static bool Weakens(PolicyBook book, string scope, IReadOnlyList<PolicyChange> changes) => changes.IsWeaker() || book.InForce(scope) is { Policy: null };
}
