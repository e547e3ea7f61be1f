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

    public LedgerHead Head => _store.Head;

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        if (DiskFull || random.NextDouble() < FailChance) throw new IOException("no space left on device");
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        var appended = _store.Append(expected, entries);
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        return appended;
    }

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) => _store.Read(after, limit, stream);
}
