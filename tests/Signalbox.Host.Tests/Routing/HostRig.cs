using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Host.Routing;
using Signalbox.Host.Tables;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Routing;

/// <summary>A host's routing and tables over real sockets, with in-process instances.</summary>
internal sealed class HostRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Listeners _listeners;
    private readonly ProxyServer _proxy;
    private readonly Task[] _loops;
    private readonly bool _ownsInstances;

    private HostRig(string state, FakeInstances instances, bool ownsInstances, SwitchableFiles files, bool ticks)
    {
        (State, Instances, Files, _ownsInstances) = (state, instances, files, ownsInstances);
        var steady = new SteadyTime(TimeProvider.System);
        _listeners = new(steady, NullLoggerFactory.Instance);
        _proxy = new(_listeners, steady, NullLoggerFactory.Instance);
        Hub = new(TimeProvider.System);
        Tracks = new(new(
            instances, _listeners, new TrackStore(state, files.Open), new JudgeFiles(state, TimeProvider.System), Hub,
            TimeProvider.System, NullLogger.Instance, _stopping.Token)
        { Steady = steady });
        instances.Changed = Tracks.InstanceChanged;
        _loops = ticks ? [Tracks.FollowInstancesAsync(_stopping.Token), Tracks.TickAsync(_stopping.Token)] : [Tracks.FollowInstancesAsync(_stopping.Token)];
    }

    public string State { get; }

    public FakeInstances Instances { get; }

    public SwitchableFiles Files { get; }

    public HostTracks Tracks { get; }

    public ObservationHub Hub { get; }

    public Listeners Listeners => _listeners;

    public ListenAddress Listen { get; } = new("127.0.0.1", FreePort());

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 });

    public static async Task<HostRig> StartAsync(HostRig? before = null, bool ticks = true)
    {
        var state = before?.State ?? Directory.CreateTempSubdirectory("sbx-host").FullName;
        var rig = new HostRig(state, before?.Instances ?? new(), before is null, new(), ticks);
        await rig._proxy.StartAsync(default);
        await rig.Tracks.RestoreAsync();
        return rig;
    }

    public string Url(string path, HostRig? listening = null) => $"http://{(listening ?? this).Listen}{path}";

    public Task<PutResult> PutAsync(DeclaredTable table) => Tracks.PutAsync(table, default);

    /// <summary>Puts, and expects it to be taken.</summary>
    public async Task SetAsync(DeclaredTable table)
    {
        var result = await PutAsync(table);
        Assert.True(result.Accepted, result.Message);
    }

    public TrackObservation Track => Tracks.Observe("shop/production")!;

    public ArmObservation ArmOf(string revision) => Track.Services.Single().Arms.Single(a => a.Revision == revision && a.Desired > 0);

    public Task ReadyAsync(params string[] revisions) => Eventually.Async(
        () => revisions.All(r => Track.Services.Single().Arms.Any(a => a.Revision == r && a.Desired > 0 && a.Ready == a.Desired)), $"{string.Join(", ", revisions)} ready");

    public async Task<string> VersionAsync(string path = "/", HostRig? listening = null)
    {
        using var answer = await Client.GetAsync(new Uri(Url(path, listening)));
        return answer.IsSuccessStatusCode ? answer.Headers.GetValues("X-Version").Single() : ((int)answer.StatusCode).ToString();
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Ends as a killed host does: workloads and files stay.</summary>
    public async Task KillAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        Instances.Changed = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _proxy.StopAsync(now.Token);
        foreach (var loop in _loops) await loop.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _proxy.DisposeAsync();
        await _listeners.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        if (!_ownsInstances) return;
        await Instances.DisposeAsync();
        Directory.Delete(State, recursive: true);
    }

    /// <summary>A table of one web service with a stable arm and perhaps a canary.</summary>
    public DeclaredTable Table(
        long generation, string stable = "shop-1", string? canary = null, double percent = 0, int instances = 1, int canaryInstances = 1,
        StickyKey? sticky = null, FailSafeMode failSafe = FailSafeMode.Stable, long acknowledged = 0, double leaseSeconds = 60,
        double drainSeconds = 5, JudgePlan? judge = null, long epoch = 1)
    {
        var arms = new List<ArmTable> { Arm(stable, instances, Weight.Percent(100 - percent)) };
        if (canary is not null) arms.Add(Arm(canary, canaryInstances, Weight.Percent(percent)));
        var service = new ServiceTable(
            "web", ServiceKind.Web, Listen, sticky, Convert.ToBase64String("secret"u8), stable, arms, TimeSpan.FromSeconds(drainSeconds), judge);
        return new(
            DeclaredTable.CurrentProtocol, epoch, generation, "shop/production", canary is null ? null : "shop/production/" + canary,
            [service], failSafe, acknowledged, TimeSpan.FromSeconds(leaseSeconds));
    }

    public static ArmTable Arm(string revision, int instances, Weight weight) => new(
        revision, Digest.Of("artifact"u8), instances, weight, ["run"], new Dictionary<string, string>(),
        new("/", false, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 3, TimeSpan.FromSeconds(10)), TimeSpan.FromSeconds(1));

    public static JudgePlan Plan(double ageSeconds = 1, string rollout = "r1") => new(
        rollout, "shop-2", "shop-1", JudgeMode.Compare, 0.001, 1.25, 2.5, 0.05, 0.01,
        TimeSpan.FromSeconds(ageSeconds), TimeSpan.Zero, Latency: false);
}

/// <summary>A disk that can be filled or broken.</summary>
internal sealed class SwitchableFiles
{
    /// <summary>There is no space left: what is allocated already can still be written.</summary>
    public bool Full { get; set; }

    /// <summary>Thrown by every write.</summary>
    public Exception? WriteFault { get; set; }

    /// <summary>Thrown by every flush.</summary>
    public Exception? FlushFault { get; set; }

    /// <summary>What happens while the disk is busy.</summary>
    public Action? Busy { get; set; }

    public ISlotFile Open(string path) => new SwitchableFile(new(path), this);

    private sealed class SwitchableFile(SlotFile real, SwitchableFiles disk) : ISlotFile
    {
        public byte[]? Read() => real.Read();

        public void Write(ReadOnlySpan<byte> content)
        {
            disk.Busy?.Invoke();
            if (disk.WriteFault is { } fault) throw fault;
            if (disk.Full && content.Length > real.Room) throw new IOException("no space left on device");
            real.Write(content);
        }

        public void Flush()
        {
            if (disk.FlushFault is { } fault) throw fault;
            real.Flush();
        }

        public void Delete() => real.Delete();

        public void Dispose() => real.Dispose();
    }
}

internal static class Eventually
{
    public static async Task Async(Func<bool> holds, string what, double seconds = 10)
    {
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < deadline, $"not within {seconds} s: {what}");
            await Task.Delay(5);
        }
    }
}
