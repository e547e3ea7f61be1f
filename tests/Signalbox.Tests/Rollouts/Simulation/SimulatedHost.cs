using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// A host that keeps the protocol (docs/spec/host-protocol.md) in a world that does not: calls get lost before or after
/// their effect, tables arrive late, instances fail, it restarts, its disk is old, its lease runs out.
/// </summary>
internal sealed class SimulatedHost(SimulatedTime time, Random random, Func<string, Behaviour> behaviours) : IHostClient
{
    private readonly SortedDictionary<string, SimulatedTrack> _tracks = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset Due, DeclaredTable Table)> _late = [];
    private readonly HashSet<Digest> _lost = [];
    private TaskCompletionSource? _held;
    private long _epoch;

    /// <summary>Chance that a call is lost, half of them after their effect.</summary>
    public double LossChance { get; set; }

    public double CrashChance { get; set; }

    public bool Down { get; set; }

    /// <summary>As a host that lost its state: it knows no such track.</summary>
    public bool RefusesToFall { get; set; }

    /// <summary>The longest an instance takes to leave.</summary>
    public double DrainSeconds { get; set; }

    public int Renewals { get; private set; }

    /// <summary>Checks a table before the host takes it, and the track after.</summary>
    public Action<DeclaredTable>? Taking { get; set; }

    public Action<SimulatedTrack>? Took { get; set; }

    /// <summary>Told of what went wrong with which track; all of them where null.</summary>
    public Action<string?, Fault>? Happened { get; set; }

    public IEnumerable<SimulatedTrack> Tracks => _tracks.Values;

    public IEnumerable<SimulatedArm> Arms => _tracks.Values.SelectMany(track => track.Arms);

    /// <summary>Of the first track; most tests have no other.</summary>
    public DeclaredTable? Table => _tracks.Values.FirstOrDefault()?.Table;

    public Latch? Latch => _tracks.Values.FirstOrDefault()?.Latch;

    public TrackObservation Observe() => _tracks.Values.FirstOrDefault()?.Observe() ?? new("shop/production", _epoch, 0, null, null, []);

    public SimulatedTrack? Find(string track) => _tracks.GetValueOrDefault(track);

    /// <summary>An artifact is gone for good.</summary>
    public void Lose(Digest artifact) => _lost.Add(artifact);

    public bool HasLost(Digest artifact) => _lost.Contains(artifact);

    public Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel) => Called(null, () => !HasLost(digest));

    public Task<HostState> ReadStateAsync(CancellationToken cancel) => Called(null, () =>
        new HostState(1, "simulated", time.Now, _epoch, 0, [.. _tracks.Values.Where(track => track.Table is not null).Select(track => track.Observe())]));

    public Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel)
    {
        if (Down || random.NextDouble() >= LossChance / 2) return Called(table.Track, () => Put(table));
        _late.Add((time.Now + TimeSpan.FromSeconds(random.NextDouble() * 5), table));
        Happened?.Invoke(table.Track, Fault.TableLate);
        throw new HostUnreachableException("the table is under way");
    }

    public Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel) => Called(null, () =>
    {
        if (renewal.Epoch < _epoch) return false;
        Renewals++;
        _epoch = renewal.Epoch;
        foreach (var track in _tracks.Values) track.Contact();
        return true;
    });

    public Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel) => Called(track.ToString(), () =>
    {
        if (RefusesToFall || Find(track.ToString()) is not { } known)
            throw new SignalboxException(3, Finding.Error("unknown-track", $"this host has no table for {track}", new("host"), null));
        known.Fall(LatchReason.Operator, request.Reason, principal: request.Principal);
        return known.Observe();
    });

    /// <summary>Lets the world go on.</summary>
    public void Live(TimeSpan elapsed)
    {
        foreach (var late in _late.Where(late => late.Due <= time.Now).ToList())
        {
            _late.Remove(late);
            if (!Down) Put(late.Table);
        }
        foreach (var track in _tracks.Values) track.Live(elapsed);
    }

    /// <summary>Processes live on; canaries start at fail-safe.</summary>
    public void Restart(bool oldDisk = false)
    {
        Down = false;
        _epoch = 0;
        foreach (var track in _tracks.Values) track.Restart(oldDisk);
        _epoch = _tracks.Values.Max(track => track.Table?.Epoch) ?? 0;
    }

    /// <summary>Answers nobody until <see cref="LetGo"/>: whoever asks meanwhile waits.</summary>
    public void Hold() => _held = new();

    public void LetGo()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>Whether another track has the address.</summary>
    public bool IsTaken(string track, ListenAddress? listen) => listen is not null
        && _tracks.Values.Any(other => other.Key != track && other.Table?.Services.Any(service => Equals(service.Listen, listen) || Equals(service.NextListen, listen) || Equals(service.Preview?.Listen, listen)) == true);

    private PutResult Put(DeclaredTable table)
    {
        if (!_tracks.TryGetValue(table.Track, out var track)) _tracks[table.Track] = track = new(table.Track, this, time, random, behaviours);
        var result = track.Put(table, _epoch);
        if (result.Accepted) _epoch = Math.Max(_epoch, table.Epoch);
        return result;
    }

    private Task<T> Called<T>(string? track, Func<T> effect)
    {
        if (_held is { } held) return WaitedAsync(held.Task, track, effect);
        if (Down) throw new HostUnreachableException("connection refused");
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        if (random.NextDouble() < LossChance / 2) throw Lost(track, "the request was lost");
        var result = effect();
        if (random.NextDouble() < CrashChance) throw new SimulatedCrash();
        return random.NextDouble() < LossChance / 2 ? throw Lost(track, "the answer was lost") : Task.FromResult(result);
    }

    private async Task<T> WaitedAsync<T>(Task held, string? track, Func<T> effect)
    {
        await held.ConfigureAwait(false);
        return await Called(track, effect).ConfigureAwait(false);
    }

    private HostUnreachableException Lost(string? track, string what)
    {
        Happened?.Invoke(track, Fault.CallLost);
        return new(what);
    }
}
