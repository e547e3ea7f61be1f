using Signalbox.Delivery;
using Signalbox.Host.Supervision;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tables;

/// <summary>
/// One track: the table in force, the latch, the services. Everything in memory changes under one short lock,
/// so that a fall never waits for a disk; puts wait for each other.
/// </summary>
internal sealed partial class RoutedTrack : IDisposable
{
    private readonly HostParts _parts;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _puts = new(1, 1);
    private readonly List<RoutedService> _services = [];
    private readonly List<RoutedService> _left = [];
    private DeclaredTable? _table;
    private Latch? _latch;
    private long _lastLatch;
    private long _contact;
    private bool _unsaved;

    public RoutedTrack(string key, HostParts parts)
    {
        (Key, _parts) = (key, parts);
        _contact = parts.Time.GetTimestamp();
    }

    public string Key { get; }

    public void Dispose()
    {
        foreach (var service in _services.Concat(_left)) service.Dispose();
        _puts.Dispose();
    }

    public TrackObservation Observe()
    {
        lock (_gate) return ObserveLocked();
    }

    private TrackObservation ObserveLocked() => new(
        Key, _table?.Epoch ?? 0, _table?.Generation ?? 0, _table?.Rollout, _latch,
        [.. _services.Concat(_left).Select(s => s.Observe()).Where(s => s.Arms.Count > 0 || _services.Any(now => now.Table.Service == s.Service))]);

    public IReadOnlyList<Digest> ArtifactsInUse()
    {
        lock (_gate) return [.. _table?.Services.SelectMany(s => s.Arms).Select(a => a.Artifact) ?? [], .. _table?.Keep ?? []];
    }

    /// <summary>The control plane was heard of.</summary>
    public void Contact(long timestamp)
    {
        lock (_gate) _contact = timestamp;
    }

    public bool Refresh(SupervisedInstance instance)
    {
        lock (_gate)
        {
            if (!_services.Concat(_left).Any(service => service.Refresh(instance))) return false;
            ReconsiderHeld();
        }
        _parts.Hub.Changed(Key);
        return true;
    }

    public bool TryAdopt(SupervisedInstance instance)
    {
        lock (_gate)
        {
            if (!_services.Any(s => s.Table.Service == instance.Spec.Service && s.TryAdopt(instance))) return false;
            ReconsiderHeld();
            return true;
        }
    }

    /// <summary>The last word to the disk before this process ends.</summary>
    public Task SaveJudgesAsync()
    {
        lock (_gate) return Task.WhenAll(_services.Select(s => s.SaveJudgeAsync()));
    }
}
