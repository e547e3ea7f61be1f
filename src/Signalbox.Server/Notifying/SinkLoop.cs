using Signalbox.Api;
using Signalbox.Notifications;

namespace Signalbox.Server.Notifying;

/// <summary>Tells one sink everything after its place, one by one and in order; a sink that does not answer keeps nobody else waiting.</summary>
internal sealed class SinkLoop(NotifySink sink, NotifySettings settings, NotificationLog notifications, NotificationSender sender, SinkCursors cursors, TimeProvider time, Action<string> log)
{
    /// <summary>News of yesterday helps nobody.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1), s_most = TimeSpan.FromMinutes(5);

    private long _place;
    private long _sent, _dropped, _failed;
    private string? _problem;

    public string Name => sink.Name;

    public NotifySinkView View => new(
        sink.Name, sink.Kind.ToString(), sink.Address?.ToString() ?? $"{string.Join(", ", sink.To)} by {sink.RelayHost}:{sink.RelayPort}",
        Interlocked.Read(ref _sent), Interlocked.Read(ref _failed), Interlocked.Read(ref _dropped), notifications.Count(Interlocked.Read(ref _place), long.MaxValue, sink), Volatile.Read(ref _problem));

    /// <param name="since">Where the sink begins where it has no place yet.</param>
    public async Task RunAsync(long since, CancellationToken cancel)
    {
        Interlocked.Exchange(ref _place, Math.Max(since, cursors.Read(sink.Name) ?? since));
        for (var attempt = 0; ;)
        {
            var next = await notifications.NextAsync(Interlocked.Read(ref _place), sink, cancel).ConfigureAwait(false);
            var outcome = time.GetUtcNow() - next.At > Longest
                ? new SendOutcome($"it is older than {Longest.TotalHours:0} h", IsFinal: true)
                : await SendAsync(next, cancel).ConfigureAwait(false);
            if (outcome.Problem is null || outcome.IsFinal)
            {
                Done(next, outcome);
                attempt = 0;
                continue;
            }
            Volatile.Write(ref _problem, outcome.Problem);
            Interlocked.Increment(ref _failed);
            if (attempt == 0) log($"notification {next.Id} was not taken by {sink.Name}: {outcome.Problem}; it is tried again");
            await Task.Delay(Pause(attempt++), time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Before the settings of entry <paramref name="set"/> hold: where nothing waits for it, what was before them is not news to it, whatever it wants from then on.</summary>
    public void Settle(long set)
    {
        var place = Interlocked.Read(ref _place);
        if (place < set && notifications.Count(place, set, sink) == 0) cursors.Write(sink.Name, set);
    }

    private async Task<SendOutcome> SendAsync(Notification next, CancellationToken cancel)
    {
        try
        {
            return await sender.SendAsync(sink, next, settings, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // whatever a sink does, the next notification must have its turn
            return new($"sending failed: {e.GetType().Name}", IsFinal: false);
        }
    }

    private void Done(Notification done, SendOutcome outcome)
    {
        Interlocked.Exchange(ref _place, done.Sequence);
        cursors.Write(sink.Name, done.Sequence);
        Volatile.Write(ref _problem, outcome.Problem);
        if (outcome.Problem is null)
        {
            Interlocked.Increment(ref _sent);
            return;
        }
        Interlocked.Increment(ref _dropped);
        log($"notification {done.Id} is not sent to {sink.Name}: {outcome.Problem}");
    }

    /// <summary>1 s, doubled up to 5 min, up to a fifth longer so that many do not come back at once.</summary>
    private static TimeSpan Pause(int attempt)
    {
        var pause = attempt >= 9 ? s_most : TimeSpan.FromTicks(Math.Min(s_first.Ticks << attempt, s_most.Ticks));
        return pause * (1 + (Random.Shared.NextDouble() / 5));
    }
}
