namespace Signalbox.Ledger;

/// <summary>A store whose appends wake readers that wait for the next entry.</summary>
public sealed class LedgerFeed(ILedgerStore store) : ILedgerStore
{
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LedgerHead Head => store.Head;

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        var appended = store.Append(expected, entries);
        Interlocked.Exchange(ref _appended, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return appended;
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
