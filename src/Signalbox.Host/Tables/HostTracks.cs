using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Signalbox.Delivery;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>All tracks of a host: what the API asks, what supervision tells, what the clock drives.</summary>
internal sealed class HostTracks(HostParts parts) : IDisposable
{
    /// <summary>The judge's clock.</summary>
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(100);
    private const int TicksPerSecond = 10, TicksPerMinute = 600;

    private readonly ConcurrentDictionary<string, RoutedTrack> _tracks = new(StringComparer.Ordinal);
    private readonly Channel<SupervisedInstance> _changes = Channel.CreateUnbounded<SupervisedInstance>(new() { SingleReader = true });
    private long _epoch;

    /// <summary>The newest control plane's.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    public IReadOnlyList<TrackObservation> Observe() => [.. _tracks.Values.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Observe())];

    public TrackObservation? Observe(string track) => _tracks.TryGetValue(track, out var known) ? known.Observe() : null;

    public async Task<PutResult> PutAsync(DeclaredTable table, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var track = _tracks.GetOrAdd(table.Track, key => new(key, parts));
            if (await PutAsync(track, table, cancel) is { } result) return result;
        }
    }

    private async Task<PutResult?> PutAsync(RoutedTrack track, DeclaredTable table, CancellationToken cancel)
    {
        try
        {
            var result = await track.PutAsync(table, () => Epoch, cancel);
            if (result is { Accepted: true }) Raise(table.Epoch);
            return result;
        }
        finally
        {
            if (track.Abandoned) _tracks.TryRemove(new(table.Track, track));
        }
    }

    /// <returns>False where a newer control plane is obeyed.</returns>
    public bool Renew(LeaseRenewal renewal)
    {
        if (renewal.Epoch < Epoch) return false;
        Raise(renewal.Epoch);
        var now = parts.Time.GetTimestamp();
        foreach (var track in _tracks.Values) track.Contact(now);
        return true;
    }

    private void Raise(long epoch)
    {
        long known;
        while ((known = Epoch) < epoch && Interlocked.CompareExchange(ref _epoch, epoch, known) != known) { }
    }

    /// <returns>Null for a track this host does not have.</returns>
    public TrackObservation? Fall(string track, FallRequest request) => _tracks.TryGetValue(track, out var known) ? known.Fall(request) : null;

    /// <summary>What supervision calls: quick, from any thread.</summary>
    public void InstanceChanged(SupervisedInstance instance) => _changes.Writer.TryWrite(instance);

    /// <summary>Follows what supervision tells until cancelled.</summary>
    public async Task FollowInstancesAsync(CancellationToken cancel)
    {
        await foreach (var instance in _changes.Reader.ReadAllAsync(cancel))
            if (_tracks.TryGetValue(instance.Spec.Track, out var track)) Follow(track, instance);
    }

    private void Follow(RoutedTrack track, SupervisedInstance instance)
    {
        try
        {
            if (!track.Refresh(instance) && instance.Ready) track.TryAdopt(instance);
        }
        catch (Exception e)
        {
            // the next change of any instance must still be followed
            parts.Logger.LogError(e, "a change of {Instance} could not be followed", instance.Id);
        }
    }

    /// <summary>What the tables in force name.</summary>
    public IReadOnlySet<Digest> ArtifactsInUse() => _tracks.Values.SelectMany(t => t.ArtifactsInUse()).ToHashSet();

    /// <summary>Makes the stored tables true again: listens, adopts what outlived the earlier host, starts the rest.</summary>
    public async Task RestoreAsync()
    {
        var unreadable = new List<string>();
        foreach (var stored in parts.Store.Load(unreadable)) Restore(stored);
        foreach (var problem in unreadable) parts.Logger.LogWarning("{Problem}", problem);
        foreach (var instance in await parts.Instances.AdoptAsync())
            if (!_tracks.TryGetValue(instance.Spec.Track, out var track) || !track.TryAdopt(instance))
                _ = StopAsync(instance);
        foreach (var track in _tracks.Values)
        {
            track.Scale();
            track.Answer();
            await track.SaveIfBehindAsync();
        }
    }

    private void Restore(StoredTrack stored)
    {
        var track = _tracks.GetOrAdd(stored.Table.Track, key => new(key, parts));
        Raise(stored.Table.Epoch);
        track.Restore(stored);
    }

    private async Task StopAsync(SupervisedInstance instance)
    {
        try
        {
            await parts.Instances.StopAsync(instance.Id, parts.Stopping);
        }
        catch (OperationCanceledException)
        {
            // the next host finds it again
        }
    }

    /// <summary>Ticks until cancelled. A late tick is one longer tick.</summary>
    public async Task TickAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TickEvery, parts.Time);
        Task second = Task.CompletedTask, minute = Task.CompletedTask;
        for (var tick = 1L; await timer.WaitForNextTickAsync(cancel); tick++)
        {
            var (now, timestamp) = (parts.Time.GetUtcNow(), parts.Time.GetTimestamp());
            foreach (var (_, track) in _tracks) Tick(track, now, timestamp);
            if (tick % TicksPerSecond == 0 && second.IsCompleted) second = Task.Run(() => BehindAsync(EachSecondAsync), CancellationToken.None);
            if (tick % TicksPerMinute == 0 && minute.IsCompleted) minute = Task.Run(() => BehindAsync(EachMinuteAsync), CancellationToken.None);
        }
    }

    /// <summary>What waits for a disk stands in no tick's way, and its trouble does not end the ticking: leases hang on it.</summary>
    private async Task BehindAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            parts.Logger.LogError(e, "the state on the disk is behind");
        }
    }

    private void Tick(RoutedTrack track, DateTimeOffset now, long timestamp)
    {
        try
        {
            track.Tick(now, timestamp);
        }
        catch (Exception e)
        {
            // one track's trouble must not blind the judges of the others
            parts.Logger.LogError(e, "a tick of {Track} failed", track.Key);
        }
    }

    private async Task EachSecondAsync()
    {
        foreach (var (_, track) in _tracks)
        {
            track.RetryListening();
            await track.SaveIfBehindAsync();
        }
    }

    private Task EachMinuteAsync()
    {
        foreach (var (_, track) in _tracks) track.SaveHistories();
        parts.JudgeFiles.Expire();
        return Task.CompletedTask;
    }

    public Task SaveJudgesAsync() => Task.WhenAll(_tracks.Values.Select(t => t.SaveJudgesAsync()));

    public void Dispose()
    {
        foreach (var (_, track) in _tracks) track.Dispose();
    }
}
