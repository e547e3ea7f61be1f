using Signalbox.Api;
using Signalbox.Ledger;

namespace Signalbox.Server.Access;

/// <summary>What ledgers that no control plane has open say of tokens.</summary>
public static class TokenHistory
{
    /// <summary>Revocations after a place in a ledger: what another copy of it, which ends there, does not know.</summary>
    /// <param name="after">Sequence of the last entry that is passed over.</param>
    public static IReadOnlyList<LedgerEntry> RevocationsAfter(ILedgerStore ledger, long after)
    {
        var found = new List<LedgerEntry>();
        for (; ledger.Read(after, 500, TokenRegistry.Stream) is { Count: > 0 } page; after = page[^1].Sequence)
            found.AddRange(page.Where(TokenRegistry.IsRevocation));
        return found;
    }

    /// <summary>The tokens that are good by a ledger and by revocations that it has not.</summary>
    public static IReadOnlyList<TokenView> InForce(ILedgerStore ledger, IReadOnlyList<LedgerEntry> revocations, TimeProvider time)
    {
        var tokens = new TokenRegistry(time);
        tokens.Replay(ledger);
        foreach (var revocation in revocations) tokens.Apply(revocation);
        return tokens.List();
    }
}
