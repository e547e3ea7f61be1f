using Signalbox.Api;
using Signalbox.Ledger;
using Signalbox.Notifications;
using Signalbox.Server.Metrics;

namespace Signalbox.Server.Notifying;

/// <summary>
/// Follows the ledger and tells the sinks. Nothing waits for it: the ledger is read behind the engine's back, each sink has a
/// loop and a place of its own, and what was not told before a restart is told after it.
/// </summary>
internal sealed class NotifyEngine(ILedgerStore store, LedgerFeed feed, NotificationSender sender, SinkCursors cursors, TimeProvider time, Action<string> log) : IAsyncDisposable
{
    private const int Page = 500;

    private readonly NotificationLog _notifications = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private List<SinkLoop> _loops = [];
    private CancellationTokenSource _sinks = new();
    private Task _telling = Task.CompletedTask, _following = Task.CompletedTask;
    private NotifyState _state = NotifyState.None;

    public NotifyState State => Volatile.Read(ref _state);

    public IReadOnlyList<NotifySinkView> Sinks
    {
        get
        {
            lock (_gate) return [.. _loops.Select(loop => loop.View)];
        }
    }

    public void Start() => _following = Task.Run(() => FollowAsync(_stopping.Token));

    /// <summary>One notification to every sink, once, whatever they want to hear of.</summary>
    public async Task<IReadOnlyList<NotifyTrial>> TryAsync(Principal by, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var trial = new Notification($"sbx-trial-{now.ToUnixTimeMilliseconds()}", 0, NotificationKind.Waiting, now, "signalbox", "trial", null, null, $"{by} tries the notifications", "nothing is to be done", by.Name, by.Name);
        var settings = State.Settings;
        var outcomes = await Task.WhenAll(settings.Sinks.Select(sink => sender.SendAsync(sink, trial, settings, cancel))).ConfigureAwait(false);
        return [.. settings.Sinks.Zip(outcomes, (sink, outcome) => new NotifyTrial(sink.Name, outcome.Problem is null, outcome.Problem))];
    }

    public IEnumerable<MetricFamily> Families()
    {
        var sinks = Sinks;
        yield return MetricFamily.Counter("signalbox_notifications_total", "Notifications by how they ended.",
            [.. sinks.SelectMany(sink => new[] { (sink.Sent, "sent"), (sink.Dropped, "dropped") }.Select(one => new MetricSample(one.Item1, ("sink", sink.Name), ("outcome", one.Item2))))]);
        yield return MetricFamily.Counter("signalbox_notification_failures_total", "Attempts that failed and are made again.", [.. sinks.Select(sink => new MetricSample(sink.Failed, ("sink", sink.Name)))]);
        yield return MetricFamily.Gauge("signalbox_notifications_pending", "Notifications that wait for their sink.", [.. sinks.Select(sink => new MetricSample(sink.Pending, ("sink", sink.Name)))]);
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        var (fold, told) = (new NotificationFold(), NotifyState.None);
        for (long after = 0; ;)
        {
            try
            {
                var page = store.Read(after, Page);
                foreach (var entry in page)
                {
                    Take(entry, fold);
                    after = entry.Sequence;
                }
                // only once all is read: a sink that was taken out later must not be told after a restart
                if (page.Count == Page) continue;
                if (State != told) await TellAsync(told = State).ConfigureAwait(false);
                if (page.Count == 0) await feed.WaitAsync(after, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log($"the notifications cannot follow the ledger: {error.Message}");
                await Task.Delay(TimeSpan.FromSeconds(5), time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>An entry that this version cannot read tells nobody anything, and must not keep what follows from being told.</summary>
    private void Take(LedgerEntry entry, NotificationFold fold)
    {
        try
        {
            Volatile.Write(ref _state, State.After(entry));
            if (fold.Apply(entry) is { } notification && time.GetUtcNow() - notification.At <= SinkLoop.Longest) _notifications.Add(notification);
        }
        catch (InvalidDataException error)
        {
            log($"the notifications pass over ledger entry {entry.Sequence}: {error.Message}");
        }
    }

    /// <summary>New settings: the loops of the old ones end first, so that no sink is told by two.</summary>
    private async Task TellAsync(NotifyState state)
    {
        await _sinks.CancelAsync().ConfigureAwait(false);
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var loop in _loops) loop.Settle(state.SetAt);
        _sinks.Dispose();
        _sinks = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var loops = state.Settings.Sinks.Select(sink => new SinkLoop(sink, state.Settings, _notifications, sender, cursors, time, log)).ToList();
        lock (_gate) _loops = loops;
        var ends = _sinks.Token;
        _telling = Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(state.Since[loop.Name], ends))));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sinks.Dispose();
        _stopping.Dispose();
    }
}
