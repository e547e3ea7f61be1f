using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>Tables coming in.</summary>
internal sealed partial class RoutedTrack
{
    /// <summary>
    /// Checks, persists, applies, answers; a table that only lowers is applied first, so that a full or slow
    /// disk never keeps weight at a canary.
    /// </summary>
    /// <param name="hostEpoch">Asked at each check: a newer control plane may come while the disk is busy.</param>
    public async Task<PutResult> PutAsync(DeclaredTable table, Func<long> hostEpoch, CancellationToken cancel)
    {
        var arrived = _parts.Time.GetTimestamp();
        await _puts.WaitAsync(cancel);
        try
        {
            return await TakeAsync(table, hostEpoch, arrived);
        }
        finally
        {
            _puts.Release();
        }
    }

    private async Task<PutResult> TakeAsync(DeclaredTable table, Func<long> hostEpoch, long arrived)
    {
        Latch? latch;
        SwapTiming? swap = null;
        lock (_gate)
        {
            if ((TableRules.Check(table, _table, _latch, hostEpoch()) ?? CheckArtifacts(table)) is { } refusal) return Refuse(refusal);
            latch = KeptLatch(table);
            if (_table is not null && TableRules.OnlyLowers(table, _table, risesAgain: _latch is not null && latch is null)) swap = Become(table, latch, arrived);
        }
        if (swap is not null) return Accept(await SaveAsync(new(table, latch, _lastLatch)), swap);
        var opened = new List<(RoutedService, ListenAddress)>();
        if (OpenListeners(table, opened) is { } cannotListen) return Refuse(cannotListen);
        if (await SaveAsync(new(table, latch, _lastLatch)) is { } problem) return RefuseAfter(opened, new(PutResult.CannotPersist, $"{table.Track} stays at generation {_table?.Generation ?? 0}: {problem}"));
        lock (_gate)
        {
            // it may have fallen while the disk was busy
            if (TableRules.Check(table, _table, _latch, hostEpoch()) is { } refusal) return RefuseAfter(opened, refusal);
            swap = Become(table, latch, arrived);
        }
        return Accept(null, swap);
    }

    /// <summary>
    /// Acknowledging a latch needs a greater generation than the one that fell: what is not in the ledger does
    /// not raise a weight again.
    /// </summary>
    private Latch? KeptLatch(DeclaredTable table) => _latch is { } latch && table.Generation <= latch.Generation ? latch : null;

    private Refusal? CheckArtifacts(DeclaredTable table)
    {
        foreach (var service in table.Services)
            foreach (var arm in service.Arms)
                if (arm.Instances > 0 && !_parts.Instances.HasArtifact(arm.Artifact))
                    return new(PutResult.ArtifactMissing, $"artifact {arm.Artifact} of {service.Service} {arm.Revision} is not on this host");
        return null;
    }

    /// <summary>All slots are swapped first; what is to start or stop follows.</summary>
    private SwapTiming Become(DeclaredTable table, Latch? latch, long arrived)
    {
        var begun = _parts.Time.GetTimestamp();
        (_table, _latch, _contact) = (table, latch, begun);
        var fallen = latch is not null && table.FailSafe == FailSafeMode.Stable;
        var swapped = table.Services.Select(ServiceOf).Zip(table.Services, (service, to) => (service, service.Restore(to, fallen))).ToList();
        var timing = new SwapTiming(_parts.Time.GetUtcNow(), _parts.Time.GetElapsedTime(arrived), _parts.Time.GetElapsedTime(begun));
        foreach (var (service, left) in swapped) service.Follow(left);
        RetireMissing(table);
        return timing;
    }

    private void RetireMissing(DeclaredTable table)
    {
        var gone = _services.Where(s => !table.Services.Any(t => t.Service == s.Table.Service)).ToList();
        foreach (var service in gone)
        {
            _services.Remove(service);
            _left.Add(service);
            service.Leave(service.Table.DrainTimeout);
        }
        _left.RemoveAll(s => s.Stopped.IsCompleted && !s.Instances.Any());
    }

    private RoutedService ServiceOf(ServiceTable table)
    {
        if (_services.FirstOrDefault(s => s.Table.Service == table.Service) is { } known) return known;
        var service = new RoutedService(Key, table, _parts, _gate);
        _services.Add(service);
        return service;
    }

    private Refusal? OpenListeners(DeclaredTable table, List<(RoutedService, ListenAddress)> opened)
    {
        lock (_gate)
            foreach (var service in table.Services)
                if (OpenListener(service, opened) is { } refusal)
                {
                    Undo(opened);
                    return refusal;
                }
        return null;
    }

    private Refusal? OpenListener(ServiceTable table, List<(RoutedService, ListenAddress)> opened)
    {
        if (table.Listen is not { } address) return null;
        if (_parts.Listeners.OwnerOf(address) is { } owner)
            return owner.Track == Key && owner.Service == table.Service ? null
                : new(PutResult.CannotListen, $"cannot listen on {address}: {owner.Service} of {owner.Track} has it");
        var service = ServiceOf(table);
        try
        {
            _parts.Listeners.Open(address, service.Slot);
            opened.Add((service, address));
            return null;
        }
        catch (SocketException e)
        {
            return new(PutResult.CannotListen, PortHolder.Explain(address, e));
        }
    }

    /// <summary>Refused: nothing has changed, so what was opened for it closes again.</summary>
    private void Undo(List<(RoutedService Service, ListenAddress Address)> opened)
    {
        foreach (var (_, address) in opened) _parts.Listeners.Close(address);
        _services.RemoveAll(s => _table?.Services.Any(t => t.Service == s.Table.Service) != true);
    }

    private PutResult RefuseAfter(List<(RoutedService, ListenAddress)> opened, Refusal refusal)
    {
        lock (_gate)
        {
            Undo(opened);
            // the disk holds a table that was not taken: what is in force is written again
            _unsaved = true;
        }
        return Refuse(refusal);
    }

    private PutResult Refuse(Refusal refusal) => new(false, refusal.Id, refusal.Message, Observe());

    private PutResult Accept(string? notPersisted, SwapTiming swap)
    {
        _parts.Hub.Changed(Key);
        if (notPersisted is null) return new(true, null, null, Observe(), swap);
        lock (_gate) _unsaved = true;
        return new(true, null, $"in force, but not on the disk: {notPersisted}", Observe(), swap);
    }

    /// <returns>Why it is not on the disk, or null.</returns>
    private Task<string?> SaveAsync(StoredTrack stored) => Task.Run(() =>
    {
        try
        {
            _parts.Store.Save(stored);
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    });

    /// <summary>Writes what is in force where the disk is behind; called again until it works.</summary>
    public async Task SaveIfBehindAsync()
    {
        if (!Volatile.Read(ref _unsaved)) return;
        await _puts.WaitAsync();
        try
        {
            StoredTrack? stored;
            lock (_gate)
            {
                stored = _table is null ? null : new(_table, _latch, _lastLatch);
                _unsaved = false;
            }
            if (stored is not null && await SaveAsync(stored) is not null) Volatile.Write(ref _unsaved, true);
        }
        finally
        {
            _puts.Release();
        }
    }
}
