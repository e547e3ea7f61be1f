using Signalbox.Diagnostics;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>The engine's side towards the host: what it shows, and what it is asked for.</summary>
public sealed partial class RolloutEngine
{
    private readonly Lock _arrivals = new();
    private readonly Dictionary<string, TrackObservation> _arrived = new(StringComparer.Ordinal);
    private volatile bool _connected;
    private int _losses;
    private TimeSpan? _renewed;

    /// <summary>An observation from the host's stream; taken in at the next turn.</summary>
    public void Observe(TrackObservation observation)
    {
        lock (_arrivals) _arrived[observation.Track] = observation;
    }

    /// <summary>The stream broke: what was observed before says nothing about now, from this moment on.</summary>
    public void LoseHost(string problem)
    {
        Interlocked.Increment(ref _losses);
        _connected = false;
        HostProblem = problem;
    }

    /// <summary>What may be decided on: nothing of a host that is lost, also where it was lost in the middle of a turn.</summary>
    private TrackObservation? Seen(EngineTrack track) => _connected ? track.Observation : null;

    private async Task ConnectAsync(CancellationToken cancel)
    {
        if (_connected) return;
        try
        {
            var losses = Volatile.Read(ref _losses);
            var state = await _host.ReadStateAsync(cancel).ConfigureAwait(false);
            if (state.Epoch > Epoch)
            {
                Deposed = $"the host obeys a control plane of epoch {state.Epoch}; this one has {Epoch}";
                return;
            }
            foreach (var track in _tracks.Values) (track.Observation, track.Driven, track.Refusal) = (null, -1, null);
            foreach (var observation in state.Tracks)
                if (_tracks.TryGetValue(observation.Track, out var track)) track.Observation = observation;
            lock (_arrivals) _arrived.Clear();
            // lost again while it answered: the next turn asks anew
            if (losses == Volatile.Read(ref _losses)) (_connected, HostProblem, _renewed) = (true, null, null);
        }
        catch (HostUnreachableException error)
        {
            Disconnect(error.Message);
        }
    }

    private void Disconnect(string problem)
    {
        LoseHost(problem);
        foreach (var track in _tracks.Values) track.Observation = null;
    }

    private void TakeArrivals()
    {
        lock (_arrivals)
        {
            foreach (var (name, observation) in _arrived)
                if (_connected && _tracks.TryGetValue(name, out var track) && IsNotOlder(observation, track.Observation)) track.Observation = observation;
            _arrived.Clear();
        }
    }

    private static bool IsNotOlder(TrackObservation arrived, TrackObservation? known) =>
        known is null || arrived.Generation >= known.Generation;

    /// <summary>Renewed at a third of the shortest lease a table gives, so that one lost renewal does not make the signal fall.</summary>
    private async Task RenewAsync(CancellationToken cancel)
    {
        if (!_connected || _clock.SinceBoot - _renewed < ShortestLease / 3) return;
        try
        {
            if (await _host.RenewLeaseAsync(new(Epoch), cancel).ConfigureAwait(false)) _renewed = _clock.SinceBoot;
            else Deposed = "the host obeys a newer control plane";
        }
        catch (HostUnreachableException error)
        {
            Disconnect(error.Message);
        }
    }

    private TimeSpan ShortestLease => _tracks.Values.Select(track => track.State.Active?.Strategy.LossOfContact ?? _options.Lease).Append(_options.Lease).Min();

    /// <returns>True where the host answered with something new to decide on.</returns>
    private async Task<bool> DriveAsync(EngineTrack track, CancellationToken cancel)
    {
        if (!_connected || track.State.Generation == 0 || track.Driven == track.State.Generation) return false;
        if (track.Refusal is { } refusal && refusal.RetryAt > _clock.SinceBoot) return false;
        try
        {
            var table = RolloutMachine.Desired(track.State, Epoch, _options.SplitSecret);
            var result = await _host.PutAsync(table, cancel).ConfigureAwait(false);
            track.Observation = result.State;
            if (!result.Accepted) return Refused(track, result);
            (track.Driven, track.Refusal) = (table.Generation, null);
            return true;
        }
        catch (HostUnreachableException error)
        {
            Disconnect(error.Message);
            return false;
        }
        catch (SignalboxException error)
        {
            // one track's trouble is not to stop the turns of the others
            track.Refusal = (error.Message, _clock.SinceBoot + _options.RefusalRetry);
            return false;
        }
    }

    private bool Refused(EngineTrack track, PutResult result)
    {
        if (result.Refusal is PutResult.StaleEpoch)
        {
            Deposed = result.Message ?? "the host obeys a newer control plane";
            return false;
        }
        if (result.Refusal is PutResult.LatchNotAcknowledged && result.State.Latch is { } latch && latch.Id != track.State.AcknowledgedLatch) return true;
        track.Refusal = (result.Message ?? result.Refusal ?? "refused", _clock.SinceBoot + _options.RefusalRetry);
        if (result.Refusal is not (PutResult.CannotListen or PutResult.ArtifactMissing or PutResult.InvalidTable or PutResult.UnknownProtocol)) return false;
        return Take(track, new Signal.Refused(result.Refusal ?? "refused", track.Refusal.Value.Message)).Count > 0 && ClearRefusal(track);
    }

    private static bool ClearRefusal(EngineTrack track)
    {
        track.Refusal = null;
        return true;
    }
}
