using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;
using Signalbox.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;
using Signalbox.Host.Tests.Routing;
using Signalbox.Host.Tests.Supervision;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Local;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Api;

/// <summary>A host of its own process that runs out of descriptors.</summary>
public sealed class DescriptorTests : IAsyncDisposable
{
    private static readonly TimeSpan Probed = TimeSpan.FromSeconds(2);
    private readonly string _state = Directory.CreateTempSubdirectory("sbx-fds").FullName;
    private readonly ListenAddress _listen = new("127.0.0.1", HostRig.FreePort());
    private readonly HostSocketClient _client;
    private Process? _host;

    public DescriptorTests() => _client = new(_state);

    public async ValueTask DisposeAsync()
    {
        if (_host is { HasExited: false })
        {
            _host.Kill();
            await _host.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        _host?.Dispose();
        // the workloads outlive their host
        var instances = Path.Combine(_state, "instances");
        foreach (var directory in Directory.Exists(instances) ? Directory.GetDirectories(instances) : [])
        {
            if (ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning) is { } run) Pidfd.Signal(run.ShimPid, run.ShimStart, Libc.Sigkill);
            new Leftovers(directory, null, null).End();
        }
        _client.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    [Fact]
    public async Task Clients_AsManyAsTheLimit_WorkloadStaysReadyAndServes()
    {
        await StartHostAsync("ulimit -n 256; ");
        await PutAsync(Service("web", new(null, true, null, Often, Timeout, Start, 2, Restart), _listen));
        var before = Workload("web");
        var clients = new List<Socket>();
        for (var i = 0; i < 400; i++) clients.Add(await ConnectAsync());
        await Eventually.Async(() => clients.Exists(IsClosed), "what comes beyond the limit is closed");

        for (var started = Stopwatch.StartNew(); started.Elapsed < Probed;) Assert.Equal((1, 0), await ReadyAndRestartsAsync("web"));
        Assert.Equal(before, Workload("web"));
        Assert.Contains(clients, c => !IsClosed(c));

        foreach (var client in clients) client.Dispose();
        await ServesAsync();
        Assert.Equal(before, Workload("web"));
    }

    [Fact]
    public async Task NoDescriptorLeft_OnlyWhatEndedCountsAsEnded()
    {
        // the JIT's runtime itself ends with "Out of memory." where it finds no descriptor
        if (Environment.GetEnvironmentVariable("SIGNALBOX_BINARY") is null) Assert.Skip("needs the native file: SIGNALBOX_BINARY=…/signalbox");
        await StartHostAsync("");
        string[] watched = ["tcp", "http", "command"];
        await PutAsync(
            Service("tcp", new(null, true, null, Often, Timeout, Start, 2, Restart), _listen),
            Service("http", new("/healthz", false, null, Often, Timeout, Start, 2, Restart)),
            Service("command", new(null, false, ["true"], Often, Timeout, Start, 2, Restart)),
            Service("ends", new(null, false, null, Often, Timeout, Start, 2, Restart)) with { Kind = ServiceKind.Worker });
        var before = watched.Select(Workload).ToList();
        var ends = Running("ends");

        DescriptorLimit.Give(_host!.Id, 16);
        // wakes whoever watches for ends: the others must not seem to have ended
        Pidfd.Signal(ends.ShimPid, ends.ShimStart, Libc.Sigkill);
        for (var started = Stopwatch.StartNew(); started.Elapsed < Probed; await Task.Delay(20))
            Assert.All(before, pid => Assert.True(ProcessStat.Read(pid) is { Alive: true }));
        DescriptorLimit.Give(_host.Id, long.MaxValue);

        await ServesAsync();
        foreach (var service in watched) Assert.Equal((1, 0), await ReadyAndRestartsAsync(service));
        Assert.Equal(before, watched.Select(Workload));
        // as long as nobody could look at what its shim left it was as before
        await UntilAsync(async () => await ReadyAndRestartsAsync("ends") is (1, > 0), "it ran again");
        Assert.NotEqual(ends.WorkloadPid, Workload("ends"));
        Assert.False(ProcessStat.IsAlive(ends.WorkloadPid, ends.WorkloadStart));
    }

    [Theory]
    [InlineData(256, 64)]
    [InlineData(1024, 256)]
    [InlineData(4096, 1792)]
    [InlineData(524_288, 261_888)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void ClientsWithin_LeavesAReserveAndTwoForEach(long soft, int clients) => Assert.Equal(clients, DescriptorLimit.ClientsWithin(soft));

    private static TimeSpan Often => TimeSpan.FromMilliseconds(100);

    private static TimeSpan Timeout => TimeSpan.FromSeconds(5);

    private static TimeSpan Start => TimeSpan.FromSeconds(30);

    private static TimeSpan Restart => TimeSpan.FromMilliseconds(500);

    private async Task StartHostAsync(string limit)
    {
        var command = SupervisorBench.Self.With("host", "--state", _state);
        var start = new ProcessStartInfo("/bin/sh", ["-c", limit + "exec \"$@\"", "sh", .. command]);
        start.Environment["SIGNALBOX_WORKLOADS_SAME_USER"] = "1";
        _host = Process.Start(start)!;
        await UntilAsync(async () => (await _client.ReadStateAsync(default)).Tracks.Count == 0, "it answers");
    }

    private async Task PutAsync(params ServiceTable[] services)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_state, "artifact-source")).FullName;
        File.WriteAllText(Path.Combine(directory, "x"), "x");
        using var tar = new MemoryStream();
        var digest = ArtifactPacker.Pack(directory, tar).Digest;
        await _client.UploadArtifactAsync(digest, new MemoryStream(tar.ToArray()), default);
        ServiceTable[] named = [.. services.Select(s => s with { Arms = [s.Arms[0] with { Artifact = digest }] })];
        var put = await _client.PutAsync(new(1, 1, 1, "shop/production", null, named, FailSafeMode.Stable, 0, TimeSpan.FromSeconds(60)), default);
        Assert.True(put.Accepted, put.Message);
        foreach (var service in services) await UntilReadyAsync(service.Service);
    }

    private static ServiceTable Service(string name, HealthCheck health, ListenAddress? listen = null)
    {
        var arm = HostRig.Arm("shop-1", 1, Weight.All) with { Command = [SupervisorBench.AppPath], Health = health };
        return new(name, ServiceKind.Web, listen, null, null, "shop-1", [arm], TimeSpan.FromSeconds(1), null);
    }

    private async Task<(int Ready, int Restarts)> ReadyAndRestartsAsync(string service)
    {
        var arm = (await _client.ReadStateAsync(default)).Tracks.Single().Services.Single(s => s.Service == service).Arms.Single();
        return (arm.Ready, arm.Restarts);
    }

    private Task UntilReadyAsync(string service) => UntilAsync(async () => (await ReadyAndRestartsAsync(service)).Ready == 1, $"{service} is ready");

    private Task ServesAsync() => UntilAsync(
        async () =>
        {
            using var http = new HttpClient();
            using var answer = await http.GetAsync(new Uri($"http://{_listen}/"));
            return answer.StatusCode == HttpStatusCode.OK;
        }, "it serves");

    private async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        Exception? last = null;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(40); await Task.Delay(10))
        {
            Assert.False(_host!.HasExited, "the host ended");
            try
            {
                if (await holds()) return;
            }
            catch (Exception e) when (e is HostUnreachableException or HttpRequestException or SignalboxException or InvalidOperationException)
            {
                last = e;
            }
        }
        Assert.Fail($"not in time: {what}; {last?.Message}");
    }

    private int Workload(string service) => Running(service).WorkloadPid;

    private ShimRunning Running(string service) => ShimFiles.Read(
        Directory.GetDirectories(Path.Combine(_state, "instances"), service + ".*").Single(), ShimFiles.Running, ShimJson.Default.ShimRunning)!;

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(_listen.ToString()));
        return socket;
    }

    /// <summary>The other side has closed it.</summary>
    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
}
