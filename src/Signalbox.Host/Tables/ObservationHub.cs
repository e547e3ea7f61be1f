namespace Signalbox.Host.Tables;

/// <summary>
/// Says which tracks changed after a cursor. Level-triggered: the state is read when it is sent, so that any
/// number of changes in between come to one line.
/// </summary>
internal sealed class ObservationHub(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _changed = [];
    private TaskCompletionSource _next = New();

    // starting at the clock keeps cursors growing over restarts of the host
    private long _cursor = time.GetUtcNow().ToUnixTimeMilliseconds() << 10;

    public long Cursor
    {
        get { lock (_gate) return _cursor; }
    }

    public void Changed(string track)
    {
        TaskCompletionSource wake;
        lock (_gate)
        {
            _changed[track] = ++_cursor;
            (wake, _next) = (_next, New());
        }
        wake.TrySetResult();
    }

    /// <summary>The tracks that changed after the cursor, in order; waits where there is none yet.</summary>
    public async Task<IReadOnlyList<(string Track, long Cursor)>> AfterAsync(long cursor, CancellationToken cancel)
    {
        while (true)
        {
            Task wake;
            lock (_gate)
            {
                var changed = _changed.Where(c => c.Value > cursor).OrderBy(c => c.Value).Select(c => (c.Key, c.Value)).ToList();
                if (changed.Count > 0) return changed;
                wake = _next.Task;
            }
            await wake.WaitAsync(cancel);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
