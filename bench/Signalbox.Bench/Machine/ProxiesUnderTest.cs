using System.Globalization;

namespace Signalbox.Bench.Machine;

/// <param name="CpuSeconds">User and system time so far.</param>
internal sealed record ProxyUnderTest(string Name, int Port, Func<double> CpuSeconds);

/// <summary>
/// Four proxies before one backend, and the backend itself. The backend is an nginx that answers by itself; it
/// runs as Signalbox's instance, so that Signalbox routes to it, and the others find it on the same port.
/// </summary>
internal sealed class ProxiesUnderTest : IAsyncDisposable
{
    public const string Signalbox = "Signalbox", Bare = "bare forwarder", Direct = "no proxy";
    private const string Track = "bench/proxy";

    private readonly HostUnderTest _host;
    private readonly List<Daemon> _others = [];
    private readonly List<ProxyUnderTest> _all = [];

    private ProxiesUnderTest(HostUnderTest host) => _host = host;

    public IReadOnlyList<ProxyUnderTest> All => _all;

    public static async Task<ProxiesUnderTest> StartAsync(Workspace workspace)
    {
        var proxies = new ProxiesUnderTest(await HostUnderTest.StartAsync(workspace));
        try
        {
            await proxies.StartAllAsync(workspace);
            return proxies;
        }
        catch
        {
            await proxies.DisposeAsync();
            throw;
        }
    }

    private async Task StartAllAsync(Workspace workspace)
    {
        var port = Workspace.FreePort();
        var backend = await StartBackendAsync(workspace, port);
        _all.Add(new(Signalbox, port, _host.Process.OwnCpuSeconds));
        _all.Add(new(Direct, backend, () => 0));
        await AddAsync(Bare, p => new(workspace.PathOf("bare.log"), BareForwarder, null, Text(p), Text(backend)));
        await AddAsync("nginx", p => new(workspace.PathOf("nginx.log"), "nginx", null,
            "-c", workspace.Write("proxy.conf", NginxText.Proxy(workspace.PathOf("proxy.pid"), p, backend)), "-g", "daemon off;"));
        await AddAsync("HAProxy", p => new(workspace.PathOf("haproxy.log"), "haproxy", null,
            "-db", "-f", workspace.Write("haproxy.cfg", HaproxyText(p, backend))));
    }

    private static string BareForwarder => Environment.GetEnvironmentVariable("BARE_FORWARDER") is { Length: > 0 } path
        ? path
        : Path.Combine(Workspace.Repository, "artifacts", "bin", "BareForwarder", "release", "BareForwarder");

    private async Task AddAsync(string name, Func<int, Daemon> start)
    {
        var port = Workspace.FreePort();
        var process = start(port);
        _others.Add(process);
        _all.Add(new(name, port, process.TreeCpuSeconds));
        await Until.ListensAsync(port);
    }

    /// <returns>The port that the host gave to the backend.</returns>
    private async Task<int> StartBackendAsync(Workspace workspace, int port)
    {
        var run = workspace.SharedDirectory("backend");
        workspace.Write("backend.conf", NginxText.Backend($"{run}/pid", 65535));
        var script = $"sed s/65535/$PORT/ {workspace.PathOf("backend.conf")} > {run}/conf && echo $PORT > {run}/port && exec nginx -c {run}/conf -g 'daemon off;'";
        var tables = new Tables(Track, port, await _host.UploadAsync(Workspace.AppDirectory), ["/bin/sh", "-c", script]);
        await _host.PutAsync(tables.Next((1, 100)));
        await _host.ReadyAsync(Track, "v1");
        return int.Parse(await File.ReadAllTextAsync($"{run}/port"), CultureInfo.InvariantCulture);
    }

    private static string HaproxyText(int port, int backend) => $"""
        global
            maxconn 4096
        defaults
            mode http
            timeout connect 3s
            timeout client 60s
            timeout server 60s
        listen web
            bind 127.0.0.1:{Text(port)}
            option forwardfor
            http-reuse always
            server backend 127.0.0.1:{Text(backend)}

        """;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _others) process.Dispose();
        await _host.DisposeAsync();
    }
}
