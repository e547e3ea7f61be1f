using System.Collections.Concurrent;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Ledger;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <param name="SplitSecret">Base64 secret for a rollout id; the same for the same id on every start.</param>
/// <param name="Lease">How long a host may go on after a renewal; the table's own value caps it.</param>
public sealed record EngineOptions(string Version, int ProcessId, Func<string, string> SplitSecret, TimeSpan Lease)
{
    public TimeSpan RefusalRetry { get; init; } = TimeSpan.FromSeconds(1);
}

/// <param name="Recorded">False: the effect is there, the ledger could not be written yet.</param>
public sealed record CommandResult(bool Accepted, bool Recorded, Refusal? Refusal, string? Rollout);

/// <summary>
/// Appends what the machine decides, then drives the host towards what the state desires. All of it runs under one
/// gate; <see cref="StepAsync"/> is one turn, so that a simulator can take the place of the clock and of the host.
/// </summary>
public sealed partial class RolloutEngine : IDisposable
{
    private const int MaximumEventsInOneTurn = 50;

    private readonly ILedgerStore _ledger;
    private readonly IHostClient _host;
    private readonly IHookRunner _hooks;
    private readonly IFailureLogs _failures;
    private readonly TimeProvider _time;
    private readonly EngineOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, EngineTrack> _tracks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Release> _releases = new(StringComparer.Ordinal);
    private readonly Lock _arrivals = new();
    private readonly Dictionary<string, TrackObservation> _arrived = new(StringComparer.Ordinal);
    private readonly List<RolloutView> _ended = [];
    private LedgerHead _head = LedgerHead.Empty;
    private bool _connected;
    private DateTimeOffset _renewed = DateTimeOffset.MinValue;

    public RolloutEngine(
        ILedgerStore ledger, IHostClient host, IHookRunner hooks, IFailureLogs failures, TimeProvider time, EngineOptions options)
    {
        (_ledger, _host, _hooks, _failures, _time, _options) = (ledger, host, hooks, failures, time, options);
        Replay();
    }

    /// <summary>Ledger sequence of this control plane's start: hosts refuse tables of an older one.</summary>
    public long Epoch { get; private set; }

    public bool HostConnected => _connected;

    /// <summary>Why the host cannot be asked, or null.</summary>
    public string? HostProblem { get; private set; }

    /// <summary>Why the ledger could not be written lately, or null.</summary>
    public string? LedgerProblem { get; private set; }

    /// <summary>Set when another control plane has taken over: this one must stop.</summary>
    public string? Deposed { get; private set; }

    /// <summary>Called after each append, in order, under the gate.</summary>
    public event Action<LedgerEntry>? Appended;

    /// <summary>Every track: its state by the ledger, and what the host shows of it (null while it cannot be asked).</summary>
    public IReadOnlyList<(TrackState State, TrackObservation? Observation, string? Problem)> Tracks =>
        [.. _tracks.Values.OrderBy(track => track.Key.ToString(), StringComparer.Ordinal).Select(track => (track.State, track.Observation, track.Refusal?.Message))];

    /// <summary>Rollouts that have ended, newest first, without their log lines.</summary>
    public IReadOnlyList<RolloutView> Ended
    {
        get
        {
            lock (_ended) return [.. Enumerable.Reverse(_ended)];
        }
    }

    public void Dispose()
    {
        foreach (var track in _tracks.Values) CancelHook(track);
        _gate.Dispose();
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Takes charge: from here on older control planes are refused by the host.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public void TakeCharge() =>
        Epoch = Append([RolloutEvents.Started(new(_options.Version, _options.ProcessId))])[0].Sequence;

    /// <summary>An observation from the host's stream; taken in at the next turn.</summary>
    public void Observe(TrackObservation observation)
    {
        lock (_arrivals) _arrived[observation.Track] = observation;
    }

    /// <summary>The stream broke: what was observed before says nothing about now.</summary>
    public void LoseHost(string problem)
    {
        _connected = false;
        HostProblem = problem;
    }

    /// <summary>One turn: read what arrived, renew the lease, decide, append, drive.</summary>
    public async Task StepAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Deposed is not null) return;
            await ConnectAsync(cancel).ConfigureAwait(false);
            TakeArrivals();
            await RenewAsync(cancel).ConfigureAwait(false);
            foreach (var track in _tracks.Values.OrderBy(track => track.Key.ToString(), StringComparer.Ordinal).ToList()) await TurnAsync(track, cancel).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Replay()
    {
        for (long after = 0; ;)
        {
            var entries = _ledger.Read(after, 1000);
            if (entries.Count == 0) return;
            foreach (var entry in entries) ReplayEntry(entry);
            after = entries[^1].Sequence;
            _head = new(after, entries[^1].Hash);
        }
    }

    private void ReplayEntry(LedgerEntry entry)
    {
        if (RolloutEvents.ReleaseFrom(entry) is { } release) _releases[release.Id] = release;
        else if (RolloutEvents.FromEntry(entry) is { } happened)
        {
            ApplyTo(Track(TrackKey.Parse(entry.Stream)), happened, entry.Sequence);
        }
    }

    private void ApplyTo(EngineTrack track, RolloutEvent happened, long sequence)
    {
        track.State = RolloutMachine.Apply(track.State, happened, sequence);
        if (happened is RolloutEvent.Judged judged) track.Judged = judged.Report;
        if (happened is not RolloutEvent.Ended || track.State.Rollout is not { } ended) return;
        var view = TrackViews.Rollout(track.Key, ended, null, _ => []) with { Decision = track.Judged };
        track.Judged = null;
        lock (_ended) _ended.Add(view);
    }

    private EngineTrack Track(TrackKey key)
    {
        if (!_tracks.TryGetValue(key.ToString(), out var track)) _tracks[key.ToString()] = track = new(TrackState.New(key));
        return track;
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        if (_connected) return;
        try
        {
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
            (_connected, HostProblem, _renewed) = (true, null, DateTimeOffset.MinValue);
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
        if (!_connected || Now - _renewed < ShortestLease / 3) return;
        try
        {
            if (await _host.RenewLeaseAsync(new(Epoch, _options.Lease), cancel).ConfigureAwait(false)) _renewed = Now;
            else Deposed = "the host obeys a newer control plane";
        }
        catch (HostUnreachableException error)
        {
            Disconnect(error.Message);
        }
    }

    private TimeSpan ShortestLease => _tracks.Values.Select(track => track.State.Active?.Strategy.LossOfContact ?? _options.Lease).Append(_options.Lease).Min();

    private async Task TurnAsync(EngineTrack track, CancellationToken cancel)
    {
        RunHook(track);
        for (var events = 0; events < MaximumEventsInOneTurn; events++)
        {
            var signal = track.Observation is { } observation ? new Signal.Observed(observation) : (Signal)new Signal.Tick();
            var moved = Take(track, signal) is { Count: > 0 };
            RunHook(track);
            var driven = await DriveAsync(track, cancel).ConfigureAwait(false);
            if (!moved && !driven) return;
        }
    }

    /// <summary>Decides and appends; nothing happens where the ledger cannot be written.</summary>
    private IReadOnlyList<RolloutEvent> Take(EngineTrack track, Signal signal)
    {
        var decision = RolloutMachine.Decide(track.State, signal, Now);
        if (decision.Events.Count == 0) return [];
        try
        {
            Record(track, decision.Events);
            return decision.Events;
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
            return [];
        }
    }

    private void Record(EngineTrack track, IReadOnlyList<RolloutEvent> events)
    {
        var entries = Append([.. events.Select(happened => RolloutEvents.ToEntry(track.Key, happened))]);
        for (var i = 0; i < events.Count; i++)
        {
            KeepFailureLog(track, events[i]);
            ApplyTo(track, events[i], entries[i].Sequence);
            if (events[i] is RolloutEvent.HookStarted hook) StartHook(track, hook);
        }
    }

    private IReadOnlyList<LedgerEntry> Append(IReadOnlyList<NewEntry> entries)
    {
        try
        {
            var appended = _ledger.Append(_head, entries);
            _head = new(appended[^1].Sequence, appended[^1].Hash);
            LedgerProblem = null;
            foreach (var entry in appended) Appended?.Invoke(entry);
            return appended;
        }
        catch (LedgerConflictException conflict)
        {
            Deposed = $"another control plane writes this ledger: {conflict.Message}";
            throw new IOException(Deposed, conflict);
        }
    }

    private void KeepFailureLog(EngineTrack track, RolloutEvent happened)
    {
        if (happened is not RolloutEvent.AbortStarted { LogDigest: not null } || track.State.Active is not { } rollout) return;
        if (track.Observation is { } observation && new Fleet(observation).Failure(rollout.Plan) is { } failure)
            _failures.Keep(rollout.Id, failure.LogTail);
    }

    /// <returns>True where the host answered with something new to decide on.</returns>
    private async Task<bool> DriveAsync(EngineTrack track, CancellationToken cancel)
    {
        if (!_connected || track.State.Generation == 0 || track.Driven == track.State.Generation) return false;
        if (track.Refusal is { } refusal && refusal.RetryAt > Now) return false;
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
            track.Refusal = (error.Message, Now + _options.RefusalRetry);
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
        track.Refusal = (result.Message ?? result.Refusal ?? "refused", Now + _options.RefusalRetry);
        if (result.Refusal is not (PutResult.CannotListen or PutResult.ArtifactMissing or PutResult.InvalidTable or PutResult.UnknownProtocol)) return false;
        return Take(track, new Signal.Refused(result.Refusal ?? "refused", track.Refusal.Value.Message)).Count > 0 && ClearRefusal(track);
    }

    private static bool ClearRefusal(EngineTrack track)
    {
        track.Refusal = null;
        return true;
    }
}
