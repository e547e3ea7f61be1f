using System.Collections.Concurrent;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <param name="SplitSecret">Base64 secret for a rollout id; the same for the same id on every start.</param>
/// <param name="Lease">Renewed at least three times within this time, and within the shortest lease of the tables.</param>
public sealed record EngineOptions(string Version, int ProcessId, Func<string, string> SplitSecret, TimeSpan Lease)
{
    public TimeSpan RefusalRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Names this boot of this machine, so that a wall clock set while no engine ran is noticed; empty where unknown.</summary>
    public string Boot { get; init; } = "";
}

/// <param name="Recorded">False: the effect is there, the ledger could not be written yet.</param>
public sealed record CommandResult(bool Accepted, bool Recorded, Refusal? Refusal, string? Rollout)
{
    /// <summary>What the gates said, where they were asked.</summary>
    public GateReport? Gates { get; init; }

    /// <summary>What has to be asked of the gates before this can be done.</summary>
    internal GateQuestion? Asks { get; init; }
}

/// <summary>
/// Appends what the machine decides, then drives the host towards what the state desires. All of it runs under one
/// gate; <see cref="StepAsync"/> is one turn, so that a simulator can take the place of the clock and of the host.
/// </summary>
public sealed partial class RolloutEngine : IDisposable
{
    private const int MaximumEventsInOneTurn = 50;

    /// <summary>As many as one request may ask for; the ledger has them all.</summary>
    private const int EndedKept = 1000;

    private readonly ILedgerStore _ledger;
    private readonly IHostClient _host;
    private readonly IHookRunner _hooks;
    private readonly IGatekeeper _gates;
    private readonly IFailureLogs _failures;
    private readonly EngineClock _clock;
    private readonly EngineOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, EngineTrack> _tracks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Release> _releases = new(StringComparer.Ordinal);
    private readonly Queue<RolloutView> _ended = [];
    private readonly ReleaseEnds _ends = new();

    public RolloutEngine(
        ILedgerStore ledger, IHostClient host, IHookRunner hooks, IGatekeeper gates, IFailureLogs failures, TimeProvider time, EngineOptions options)
    {
        (_ledger, _host, _hooks, _gates, _failures, _options) = (ledger, host, hooks, gates, failures, options);
        _clock = new(time, options.Boot);
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
        [.. _tracks.Values.OrderBy(track => track.Key.ToString(), StringComparer.Ordinal).Select(track => (track.State, Seen(track), track.Refusal?.Message))];

    /// <summary>The last thousand rollouts that have ended or were dropped from the queue, newest first, without their log lines.</summary>
    public IReadOnlyList<RolloutView> Ended
    {
        get
        {
            lock (_ended) return [.. Enumerable.Reverse(_ended)];
        }
    }

    /// <summary>What ended last of taking a release out, and of leaving it, on each track, whenever that was.</summary>
    public IReadOnlyList<RolloutView> EndedOf(string release) => _ends.Of(release);

    public void Dispose()
    {
        foreach (var track in _tracks.Values) CancelHook(track);
        StopAsking();
        _gate.Dispose();
    }

    private DateTimeOffset Now => _clock.Now;

    /// <summary>One turn: read what arrived, renew the lease, decide, append, drive.</summary>
    public Task StepAsync(CancellationToken cancel) => GatedAsync(
        async () =>
        {
            if (Deposed is not null) return false;
            await ConnectAsync(cancel).ConfigureAwait(false);
            TakeArrivals();
            await RenewAsync(cancel).ConfigureAwait(false);
            foreach (var track in _tracks.Values.OrderBy(track => track.Key.ToString(), StringComparer.Ordinal).ToList()) await TurnAsync(track, cancel).ConfigureAwait(false);
            await PromoteAsync(cancel).ConfigureAwait(false);
            return true;
        },
        cancel);

    private EngineTrack Track(TrackKey key)
    {
        if (!_tracks.TryGetValue(key.ToString(), out var track)) _tracks[key.ToString()] = track = new(TrackState.New(key));
        return track;
    }

    private async Task TurnAsync(EngineTrack track, CancellationToken cancel)
    {
        RunHook(track);
        for (var events = 0; events < MaximumEventsInOneTurn; events++)
        {
            var signal = Seen(track) is { } observation ? new Signal.Observed(observation) : (Signal)new Signal.Tick();
            var moved = Take(track, signal) is { Count: > 0 };
            RunHook(track);
            var driven = await DriveAsync(track, cancel).ConfigureAwait(false);
            if (!moved && !driven) return;
        }
    }

    /// <summary>Decides and appends; nothing happens where the ledger cannot be written.</summary>
    private IReadOnlyList<RolloutEvent> Take(EngineTrack track, Signal signal)
    {
        var decision = RolloutMachine.Decide(track.State, signal, Now, track.Observation);
        if (decision.Events.Count == 0) return [];
        if (LetIn(track, decision) is not { } let) return [];
        try
        {
            Record(track, let.Events, let.Said);
            return let.Events;
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
            return [];
        }
    }

    /// <summary>All that changes a track runs here: one at a time, on a ledger and a clock that are caught up with.</summary>
    private async Task<T> GatedAsync<T>(Func<Task<T>> action, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            Settle();
            FollowClock();
            return await action().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
