using System.Globalization;

namespace Signalbox.Ledger;

/// <summary>Walks a ledger from its first entry and names the first that is not what was written.</summary>
public static class LedgerVerifier
{
    private const int Page = 500;

    /// <param name="expected">A head that was printed before; the ledger must contain it, and may have gone on since.</param>
    /// <param name="checkpoints">Signed heads that the ledger must contain.</param>
    /// <param name="key">Whose signatures count; null leaves signatures unchecked.</param>
    public static LedgerVerification Verify(
        ILedgerStore store, LedgerHead? expected = null, IReadOnlyList<LedgerCheckpoint>? checkpoints = null, LedgerKey? key = null)
    {
        checkpoints ??= [];
        var vouched = Vouched(expected, checkpoints);
        var head = LedgerHead.Empty;
        while (store.Read(head.Sequence, Page) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                if (ProblemOf(entry, head, vouched) is { } problem) return new(head, 0, problem);
                head = new(entry.Sequence, entry.Hash);
            }
        }

        return new(head, checkpoints.Count, Missing(head, vouched) ?? Unsigned(checkpoints, key));
    }

    private static Dictionary<long, LedgerHead> Vouched(LedgerHead? expected, IReadOnlyList<LedgerCheckpoint> checkpoints)
    {
        var heads = new Dictionary<long, LedgerHead>();
        foreach (var checkpoint in checkpoints) heads[checkpoint.Head.Sequence] = checkpoint.Head;
        // what a person kept outside counts for more than what lies beside the ledger
        if (expected is not null) heads[expected.Sequence] = expected;
        return heads;
    }

    private static LedgerProblem? ProblemOf(LedgerEntry entry, LedgerHead head, Dictionary<long, LedgerHead> vouched)
    {
        var due = head.Sequence + 1;
        if (entry.Sequence != due) return new(LedgerFault.Gap, due, $"missing (the next is {entry.Sequence})", $"sequence {due}");
        if (entry.PreviousHash != head.Hash)
            return new(LedgerFault.BrokenLink, due, $"linked to {entry.PreviousHash}", $"a link to {head.Hash}");
        if (LedgerChain.HashOf(entry) is var hash && hash != entry.Hash)
            return new(LedgerFault.Altered, due, $"stored with hash {entry.Hash}", $"{hash}, which its fields give");
        return vouched.TryGetValue(due, out var vouch) && vouch.Hash != entry.Hash
            ? new(LedgerFault.Rewritten, due, $"stored with hash {entry.Hash}", $"{vouch.Hash}, which was vouched for")
            : null;
    }

    private static LedgerProblem? Missing(LedgerHead head, Dictionary<long, LedgerHead> vouched) =>
        vouched.Keys.DefaultIfEmpty(0).Max() is var furthest && furthest > head.Sequence
            ? new(LedgerFault.Truncated, head.Sequence + 1, "missing",
                $"a ledger up to {furthest.ToString(CultureInfo.InvariantCulture)}, which was vouched for")
            : null;

    private static LedgerProblem? Unsigned(IReadOnlyList<LedgerCheckpoint> checkpoints, LedgerKey? key)
    {
        if (key is null) return null;
        var bad = checkpoints.FirstOrDefault(c => !key.Verifies(c));
        return bad is null
            ? null
            : new(LedgerFault.BadSignature, bad.Head.Sequence, $"under a checkpoint that key {bad.KeyId} did not sign", $"a signature of key {key.Id}");
    }
}
