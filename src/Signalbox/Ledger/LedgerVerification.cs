using Signalbox.Diagnostics;

namespace Signalbox.Ledger;

/// <summary>Why a ledger is not what was written.</summary>
public enum LedgerFault
{
    /// <summary>A sequence is missing, doubled or out of order.</summary>
    Gap,

    /// <summary>An entry does not name the hash of the one before it.</summary>
    BrokenLink,

    /// <summary>An entry's fields do not give its hash.</summary>
    Altered,

    /// <summary>Entries that a checkpoint or the expected head vouches for are gone.</summary>
    Truncated,

    /// <summary>The chain is whole in itself but is not the one that was vouched for.</summary>
    Rewritten,

    /// <summary>A checkpoint's signature is not the installation's.</summary>
    BadSignature,
}

/// <param name="Sequence">The first entry that is wrong or missing.</param>
/// <param name="Seen">What stands there.</param>
/// <param name="Expected">What should.</param>
public sealed record LedgerProblem(LedgerFault Fault, long Sequence, string Seen, string Expected);

/// <summary>Outcome of a verification.</summary>
/// <param name="Head">The head up to which the chain is whole: the ledger's, or the last good entry's.</param>
/// <param name="Checkpoints">How many signed checkpoints hold.</param>
/// <param name="Problem">Null when all is well.</param>
public sealed record LedgerVerification(LedgerHead Head, int Checkpoints, LedgerProblem? Problem)
{
    /// <summary>The problem for people and programs; null when all is well.</summary>
    public Finding? ToFinding() => Problem is not { } problem ? null : Finding.Error(
        problem.Fault switch
        {
            LedgerFault.Gap => "ledger-gap",
            LedgerFault.BrokenLink => "ledger-broken-link",
            LedgerFault.Altered => "ledger-altered",
            LedgerFault.Truncated => "ledger-truncated",
            LedgerFault.Rewritten => "ledger-rewritten",
            _ => "ledger-bad-signature",
        },
        $"the ledger is not what was written: entry {problem.Sequence} is {problem.Seen}; expected {problem.Expected}",
        new Location($"ledger entry {problem.Sequence}"),
        $"signalbox ledger verify --head {Head}   # whole up to here; restore what follows from a backup");
}
