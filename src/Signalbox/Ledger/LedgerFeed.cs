namespace Signalbox.Ledger;

/// <summary>A store whose appends wake readers that wait for the next entry.</summary>
public sealed class LedgerFeed(ILedgerStore store) : ILedgerStore
{
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LedgerHead Head => store.Head;

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        try
        {
            return store.Append(expected, entries);
        }
        finally
        {
            // also where it threw: a disk can fail after the commit, and readers look at the head themselves
            Interlocked.Exchange(ref _appended, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) => store.Read(after, limit, stream);

    /// <summary>Returns once there is an entry with a sequence above <paramref name="after"/>.</summary>
    public async Task WaitAsync(long after, CancellationToken cancel)
    {
        while (true)
        {
            // taken before the look: an append between the two completes it
            var appended = Volatile.Read(ref _appended).Task;
            if (Head.Sequence > after) return;
            await appended.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}
