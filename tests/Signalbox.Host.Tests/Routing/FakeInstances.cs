using System.Collections.Concurrent;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Routing;

/// <summary>Supervision whose instances are servers in this process; they outlive a rig as workloads outlive a host.</summary>
internal sealed class FakeInstances : IInstances, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (SupervisedInstance Instance, TestBackend? Backend)> _all = new();
    private readonly ConcurrentQueue<string> _stopped = new();
    private int _number;

    public Action<SupervisedInstance>? Changed { get; set; }

    /// <summary>Revisions whose instances never get ready.</summary>
    public HashSet<string> NeverReady { get; } = [];

    public HashSet<Digest> MissingArtifacts { get; } = [];

    /// <summary>Stopped instances leave something that cannot be removed.</summary>
    public bool CannotRemove { get; set; }

    /// <summary>What happens while a host that starts waits for the first probes.</summary>
    public Func<Task>? Probing { get; set; }

    public TimeSpan? IdleClose { get; set; }

    /// <summary>Revisions in the order their instances were stopped.</summary>
    public IReadOnlyCollection<string> Stopped => _stopped;

    public IEnumerable<SupervisedInstance> All => _all.Values.Select(i => i.Instance);

    public TestBackend Backend(string revision, int ordinal = 0) =>
        _all.Values.Single(i => i.Instance.Spec.Revision == revision && i.Instance.Spec.Ordinal == ordinal).Backend!;

    public bool HasArtifact(Digest digest) => !MissingArtifacts.Contains(digest);

    public string ArtifactDirectory(Digest digest) => "/" + digest.Short;

    public async Task<IReadOnlyList<SupervisedInstance>> AdoptAsync()
    {
        foreach (var (instance, _) in _all.Values) Changed?.Invoke(instance);
        if (Probing is { } probing) await probing();
        return [.. All];
    }

    public SupervisedInstance Start(InstanceSpec spec)
    {
        var id = $"{spec.Service}.{spec.Revision}.{spec.Ordinal}.{Interlocked.Increment(ref _number)}";
        var instance = new SupervisedInstance(id, spec, new(InstancePhase.Starting, 0, 0, null, DateTimeOffset.UtcNow));
        _all[id] = (instance, null);
        if (!NeverReady.Contains(spec.Revision)) _ = RunAsync(instance);
        return instance;
    }

    private async Task RunAsync(SupervisedInstance instance)
    {
        var backend = await TestBackend.StartAsync(instance.Spec.Revision, IdleClose);
        _all[instance.Id] = (instance, backend);
        Become(instance, InstancePhase.Ready, backend.Port);
    }

    public void Become(SupervisedInstance instance, InstancePhase phase, int? port = null)
    {
        instance.Become(instance.Status with { Phase = phase, Port = port ?? instance.Port });
        Changed?.Invoke(instance);
    }

    /// <summary>The server dies without a word; supervision still believes it ready.</summary>
    public ValueTask DieAsync(string revision, int ordinal = 0) => Backend(revision, ordinal).DisposeAsync();

    public async Task StopAsync(string instanceId, CancellationToken cancel)
    {
        if (!_all.TryRemove(instanceId, out var stopped)) return;
        _stopped.Enqueue(stopped.Instance.Spec.Revision);
        if (stopped.Backend is not null) await stopped.Backend.DisposeAsync();
        if (CannotRemove) throw new IOException("directory not empty");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, backend) in _all.Values)
            if (backend is not null) await backend.DisposeAsync();
    }
}
