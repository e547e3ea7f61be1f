namespace Signalbox.Ledger;

/// <summary>The append-only, hash-chained event log. SQLite and memory implement it; PostgreSQL later.</summary>
public interface ILedgerStore
{
    LedgerHead Head { get; }

    /// <summary>Appends all or nothing; durable when it returns.</summary>
    /// <exception cref="LedgerConflictException">The head is not <paramref name="expected"/>.</exception>
    /// <exception cref="IOException">The disk refused. Nothing was appended, unless it failed after the commit: what follows <paramref name="expected"/> tells.</exception>
    IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries);

    /// <summary>Entries with a sequence above <paramref name="after"/>, in order, at most <paramref name="limit"/>.</summary>
    IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null);
}
