using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// One process of the control plane: an engine and its doors to the ledger and the host. When it has died the doors stay
/// shut, so that whatever still waited in it does nothing more.
/// </summary>
internal sealed class SimulatedProcess : ILedgerStore, IHostClient
{
    private readonly SimulatedLedger _ledger;
    private readonly SimulatedHost _host;
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

    public SimulatedProcess(SimulatedLedger ledger, SimulatedHost host, IHookRunner hooks, IGatekeeper gates, SimulatedTime time)
    {
        (_ledger, _host) = (ledger, host);
        Engine = new(this, this, hooks, gates, new NoFailureLogs(), time, new("test", 1, _ => SplitSecret, TimeSpan.FromSeconds(10)) { Boot = "boot-1" });
    }

    public const string SplitSecret = "c2VjcmV0";

    public RolloutEngine Engine { get; }

    /// <summary>Told of what it wrote, also where it dies of it or hears that it failed.</summary>
    public Action<IReadOnlyList<LedgerEntry>, SimulatedProcess>? Wrote { get; init; }

    public bool Dead { get; private set; }

    /// <summary>The host said that it obeys a newer one.</summary>
    public bool Superseded { get; private set; }

    public LedgerHead Head => _ledger.Head;

    /// <summary>The newest generation that the host answered it for a track since it connected.</summary>
    public long Told(string track) => _told.GetValueOrDefault(track);

    public TrackState State(TrackKey key) => Engine.Tracks.FirstOrDefault(track => track.State.Key == key).State ?? TrackState.New(key);

    public TrackObservation? Seen(string track) => Engine.Tracks.FirstOrDefault(known => known.State.Key.ToString() == track).Observation;

    public void Die()
    {
        Dead = true;
        Engine.Dispose();
    }

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries)
    {
        try
        {
            Alive();
            _ledger.Written = appended => Wrote?.Invoke(appended, this);
            return _ledger.Append(expected, entries);
        }
        catch (SimulatedCrash)
        {
            Dead = true;
            throw;
        }
        catch (Exception error) when (error is IOException or LedgerConflictException)
        {
            _host.Happened?.Invoke(entries[0].Stream, error is IOException ? Fault.DiskFull : Fault.Conflict);
            throw;
        }
    }

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) => _ledger.Read(after, limit, stream);

    public async Task<HostState> ReadStateAsync(CancellationToken cancel)
    {
        var state = await AskAsync(() => _host.ReadStateAsync(cancel)).ConfigureAwait(false);
        _told.Clear();
        foreach (var track in state.Tracks) _told[track.Track] = track.Generation;
        return state;
    }

    public async Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel)
    {
        var result = await AskAsync(() => _host.PutAsync(table, cancel)).ConfigureAwait(false);
        _told[table.Track] = result.State.Generation;
        return result;
    }

    public async Task<bool> RenewLeaseAsync(LeaseRenewal renewal, CancellationToken cancel)
    {
        var renewed = await AskAsync(() => _host.RenewLeaseAsync(renewal, cancel)).ConfigureAwait(false);
        Superseded |= !renewed;
        return renewed;
    }

    public Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel) => AskAsync(() => _host.HasArtifactAsync(digest, cancel));

    public async Task<TrackObservation> FallAsync(TrackKey track, FallRequest request, CancellationToken cancel)
    {
        var fallen = await AskAsync(() => _host.FallAsync(track, request, cancel)).ConfigureAwait(false);
        _told[fallen.Track] = fallen.Generation;
        return fallen;
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            Alive();
            return await ask().ConfigureAwait(false);
        }
        catch (SimulatedCrash)
        {
            Dead = true;
            throw;
        }
    }

    private void Alive()
    {
        if (Dead) throw new SimulatedCrash();
    }
}
