using System.Net.Sockets;
using Signalbox.Api;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Terminal;

/// <summary>Follows one rollout to its end and shows each change the way the session wants it.</summary>
internal sealed class RolloutFollower(ControlPlaneClient client, Session session, bool silent = false)
{
    /// <summary>A control plane elsewhere is asked less often: others ask it, too, and each time it is far.</summary>
    private readonly TimeSpan _period = client.IsElsewhere ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(200);

    /// <summary>A control plane that restarts is waited for: the host goes on meanwhile. Elsewhere the way to it may break, too.</summary>
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(client.IsElsewhere ? 120 : 30);

    private readonly IRolloutSink _sink = silent ? new SilentSink() : session.Json ? new JsonSink(session) : session.Live ? new LiveSink(session) : new LineSink(session);

    /// <returns>The rollout at its end; null where the reader left before.</returns>
    public async Task<RolloutView?> FollowAsync(RolloutView rollout, CancellationToken cancel)
    {
        try
        {
            return await ShowAsync(rollout, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            if (!session.Json) session.Error.WriteLine($"\nthe rollout goes on: signalbox watch {PlainWriter.Plain(rollout.Id)}");
            return null;
        }
    }

    /// <summary>The terminal is as it was when this ends, so that what is written next is not cut at its edge.</summary>
    private async Task<RolloutView> ShowAsync(RolloutView rollout, CancellationToken cancel)
    {
        using var sink = _sink;
        while (true)
        {
            var (track, now) = await ReadAsync(rollout, cancel).ConfigureAwait(false);
            sink.Show(track, now);
            if (now.EndedAt is not null) return now;
            await Task.Delay(_period, cancel).ConfigureAwait(false);
        }
    }

    private async Task<(TrackView Track, RolloutView Rollout)> ReadAsync(RolloutView rollout, CancellationToken cancel)
    {
        var giveUp = DateTimeOffset.UtcNow + _patience;
        var at = Delivery.TrackKey.Parse(rollout.Track);
        while (true)
        {
            try
            {
                var track = await client.TrackAsync(at.Application, at.Environment, cancel).ConfigureAwait(false);
                // one that has ended may be older than those that are kept by id
                var own = rollout.EndedAt is not null ? rollout : track.Rollout?.Id == rollout.Id ? track.Rollout : await client.RolloutAsync(rollout.Id, cancel).ConfigureAwait(false);
                return (track, own);
            }
            catch (Exception e) when ((e is HttpRequestException or SocketException || (client.IsElsewhere && ControlPlaneErrors.IsAway(e))) && DateTimeOffset.UtcNow < giveUp)
            {
                await Task.Delay(_period, cancel).ConfigureAwait(false);
                client.Reconnect();
            }
        }
    }
}
