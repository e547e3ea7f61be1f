namespace Signalbox.Ledger;

/// <summary>A ledger that lives as long as its process: for the simulator and for tests.</summary>
public sealed class MemoryLedgerStore(TimeProvider time) : ILedgerStore, ILedgerCheckpoints
{
    private readonly Lock _gate = new();
    private readonly List<LedgerEntry> _entries = [];
    private readonly List<LedgerCheckpoint> _checkpoints = [];

    public LedgerHead Head
    {
        get
        {
            lock (_gate) return _entries is [.., var last] ? new(last.Sequence, last.Hash) : LedgerHead.Empty;
        }
    }

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        lock (_gate)
        {
            if (Head != expected) throw new LedgerConflictException(expected, Head);
            // copied, because the caller may reuse its buffers
            var linked = LedgerChain.Link(expected, [.. entries.Select(e => e with { Data = e.Data.ToArray() })], time.GetUtcNow());
            _entries.AddRange(linked);
            return linked;
        }
    }

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null)
    {
        lock (_gate)
        {
            var from = (int)Math.Clamp(after, 0, _entries.Count);
            return [.. _entries.Skip(from).Where(e => stream is null || e.Stream == stream).Take(limit)];
        }
    }

    public void Add(LedgerCheckpoint checkpoint)
    {
        lock (_gate) _checkpoints.Add(checkpoint);
    }

    public IReadOnlyList<LedgerCheckpoint> ReadCheckpoints()
    {
        lock (_gate) return [.. _checkpoints];
    }

    public LedgerCheckpoint? LastCheckpoint()
    {
        lock (_gate) return _checkpoints is [.., var last] ? last : null;
    }
}
