using Signalbox.Notifications;

namespace Signalbox.Server.Notifying;

/// <summary>The notifications of late, made from the ledger; sinks wait here for what comes after their place.</summary>
internal sealed class NotificationLog
{
    /// <summary>More than a sink that was dead for its day ever has before it; the oldest go first.</summary>
    private const int Most = 5000;

    private readonly Lock _gate = new();
    private readonly List<Notification> _all = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(Notification notification)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (_all.Count >= Most) _all.RemoveRange(0, Most / 10);
            _all.Add(notification);
            (grown, _grown) = (_grown, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        grown.SetResult();
    }

    /// <summary>How many between the two places the sink wants.</summary>
    public int Count(long after, long before, NotifySink sink)
    {
        lock (_gate) return _all.Count(notification => notification.Sequence > after && notification.Sequence < before && sink.Wants(notification));
    }

    /// <summary>The first after <paramref name="sequence"/> that the sink wants; waits for it.</summary>
    public async Task<Notification> NextAsync(long sequence, NotifySink sink, CancellationToken cancel)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (_all.Find(notification => notification.Sequence > sequence && sink.Wants(notification)) is { } next) return next;
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}
