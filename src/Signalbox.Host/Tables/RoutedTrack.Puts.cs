using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>Tables coming in.</summary>
internal sealed partial class RoutedTrack
{
    private bool _abandoned;

    /// <summary>
    /// Checks, writes, applies, flushes, answers: a killed host comes back with what it applied, and what it answered
    /// survives a power cut. A table that only lowers is applied before it is written, so that a full or slow disk never
    /// keeps weight at a canary.
    /// </summary>
    /// <param name="hostEpoch">Asked at each check: a newer control plane may come while the disk is busy.</param>
    /// <returns>Null where an earlier put, the track's first, was refused: this track is nothing any more.</returns>
    public async Task<PutResult?> PutAsync(DeclaredTable table, Func<long> hostEpoch, CancellationToken cancel)
    {
        var arrived = _parts.Time.GetTimestamp();
        await _puts.WaitAsync(cancel);
        try
        {
            return _abandoned ? null : await TakeAsync(table, hostEpoch, arrived);
        }
        finally
        {
            lock (_gate) _abandoned = _table is null;
            _puts.Release();
        }
    }

    /// <summary>Whether its first put was refused: it must leave nothing.</summary>
    public bool Abandoned
    {
        get { lock (_gate) return _abandoned; }
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
        var stored = new StoredTrack(table, latch, _lastLatch);
        if (swap is not null) return Accept(Write(stored) ?? await FlushAsync(), swap);
        var opened = new List<(ListenAddress, Slot)>();
        if (OpenListeners(table, opened) is { } cannotListen) return Refuse(cannotListen);
        if (Write(stored) is { } problem) return RefuseAfter(opened, new(PutResult.CannotPersist, $"{table.Track} stays at generation {_table?.Generation ?? 0}: {problem}"));
        lock (_gate)
        {
            // it may have fallen while the disk was busy
            if (TableRules.Check(table, _table, _latch, hostEpoch()) is { } refusal) return RefuseAfter(opened, refusal);
            swap = Become(table, latch, arrived);
        }
        return Accept(await FlushAsync(), swap);
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

    /// <summary>All slots are swapped at once, by routes that were made before; what is to open, close, start or stop follows.</summary>
    private SwapTiming Become(DeclaredTable table, Latch? latch, long arrived)
    {
        (_table, _latch, _contact) = (table, latch, _parts.Time.GetTimestamp());
        var prepared = table.Services.Select(service => ServiceOf(service).Prepare(service, FallOrder.Under(table, latch, service.Service), table.Generation)).ToArray();
        var begun = _parts.Time.GetTimestamp();
        foreach (var service in prepared) service.Swap();
        var swapped = _parts.Time.GetTimestamp();
        var timing = new SwapTiming(_parts.Time.GetUtcNow(), _parts.Time.GetElapsedTime(arrived, swapped), _parts.Time.GetElapsedTime(begun, swapped));
        Settle(prepared);
        foreach (var service in prepared) service.Scale();
        RetireMissing(table);
        return timing;
    }

    /// <summary>Addresses change hands before any is closed, so that two services can exchange theirs.</summary>
    private static void Settle(IReadOnlyList<PreparedRoute> prepared)
    {
        foreach (var service in prepared) service.TakeAddresses();
        foreach (var service in prepared) service.Settle();
    }

    private void RetireMissing(DeclaredTable table)
    {
        var gone = _services.Where(s => !table.Services.Any(t => t.Service == s.Table.Service)).ToList();
        foreach (var service in gone)
        {
            _services.Remove(service);
            _left.Add(service);
            service.Leave();
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

    private Refusal? OpenListeners(DeclaredTable table, List<(ListenAddress, Slot)> opened)
    {
        if (TryOpenListeners(table, opened) is not { } failed) return null;
        // who holds the port is looked for outside of the lock: on a busy machine it takes a while
        return new(PutResult.CannotListen, _parts.Listeners.Explain(failed.Address, failed.Error));
    }

    private ListenFailure? TryOpenListeners(DeclaredTable table, List<(ListenAddress, Slot)> opened)
    {
        lock (_gate)
            foreach (var (address, slot) in table.Services.SelectMany(service => ServiceOf(service).AddressesOf(service)))
                if (TryOpenListener(address, slot, opened) is { } failed)
                {
                    Undo(opened);
                    return failed;
                }
        return null;
    }

    private ListenFailure? TryOpenListener(ListenAddress address, Slot slot, List<(ListenAddress, Slot)> opened)
    {
        // within a track an address passes from one service to the other when the slots are swapped
        if (_parts.Listeners.OwnerOf(address) is { } owner) return owner.Track == Key ? null : new(address, null);
        try
        {
            _parts.Listeners.Open(address, slot);
            opened.Add((address, slot));
            return null;
        }
        catch (SocketException e)
        {
            return new(address, e);
        }
    }

    /// <summary>Refused: nothing has changed, so what was opened for it closes again.</summary>
    private void Undo(List<(ListenAddress Address, Slot Slot)> opened)
    {
        foreach (var (address, slot) in opened) _parts.Listeners.Close(address, slot);
        _services.RemoveAll(s => _table?.Services.Any(t => t.Service == s.Table.Service) != true);
    }

    private PutResult RefuseAfter(List<(ListenAddress, Slot)> opened, Refusal refusal)
    {
        StoredTrack? inForce;
        lock (_gate)
        {
            Undo(opened);
            inForce = _table is null ? null : new(_table, _latch, _lastLatch);
            _unsaved = true;
        }
        // a host killed now must not come back with a table that was not taken; if it cannot be written, it is tried again
        if (inForce is not null) Write(inForce);
        ForgetUnlessKnown();
        return Refuse(refusal);
    }

    /// <summary>A first put that is refused leaves nothing on the disk.</summary>
    private void ForgetUnlessKnown()
    {
        if (_table is not null) return;
        try
        {
            _parts.Store.Remove(Key);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            _parts.Logger.LogWarning(e, "what was written of {Track}, which was refused, could not be removed", Key);
        }
    }

    private PutResult Refuse(Refusal refusal) => new(false, refusal.Id, refusal.Message, Observe());

    private PutResult Accept(string? notPersisted, SwapTiming swap)
    {
        _parts.Hub.Changed(Key);
        if (notPersisted is null) return new(true, null, null, Observe(), swap);
        lock (_gate) _unsaved = true;
        return new(true, null, $"in force, but not on the disk: {notPersisted}", Observe(), swap);
    }

    /// <returns>Why a host that follows would not read it, or null.</returns>
    private string? Write(StoredTrack stored)
    {
        try
        {
            _parts.Store.Write(stored);
            return null;
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            return e.Message;
        }
    }

    /// <returns>Why a power cut could take it, or null.</returns>
    private Task<string?> FlushAsync() => Task.Run(() =>
    {
        try
        {
            _parts.Store.Flush(Key);
            return null;
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            return e.Message;
        }
    });

    private static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException or System.Security.SecurityException;

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
            if (stored is not null && (Write(stored) ?? await FlushAsync()) is not null) Volatile.Write(ref _unsaved, true);
        }
        finally
        {
            _puts.Release();
        }
    }
}
