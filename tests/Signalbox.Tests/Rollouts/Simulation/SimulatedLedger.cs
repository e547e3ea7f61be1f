using Signalbox.Ledger;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>The control plane dies here; what it did before stays done.</summary>
internal sealed class SimulatedCrash : Exception;

/// <summary>A ledger on a disk that fills up, in a process that dies before or after a write.</summary>
internal sealed class SimulatedLedger(TimeProvider time, Random random) : ILedgerStore
{
    private readonly MemoryLedgerStore _store = new(time);

    public double CrashChance { get; set; }

    /// <summary>Chance that the disk refuses one append.</summary>
    public double FailChance { get; set; }

    public bool DiskFull { get; set; }

    /// <summary>The disk fails right after the commit: what was written is there, and its writer is told otherwise.</summary>
    public bool FailsAfterCommit { get; set; }

    public bool CannotBeRead { get; set; }

    /// <summary>Told of what was written, before its writer is or dies.</summary>
    public Action<IReadOnlyList<LedgerEntry>>? Written { get; set; }

    public LedgerHead Head => _store.Head;

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        if (DiskFull || random.NextDouble() < FailChance) throw new IOException("no space left on device");
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        var appended = _store.Append(expected, entries);
        Written?.Invoke(appended);
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        if (FailsAfterCommit) throw new IOException("disk I/O error");
        return appended;
    }

    public IReadOnlyList<LedgerEntry> ReadAnyway(long after) => _store.Read(after, int.MaxValue);

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) =>
        CannotBeRead ? throw new IOException("disk I/O error") : _store.Read(after, limit, stream);
}
