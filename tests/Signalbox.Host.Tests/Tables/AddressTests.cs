using Signalbox.Delivery;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;
using static Signalbox.Host.Tests.Tables.TableTests;

namespace Signalbox.Host.Tests.Tables;

/// <summary>Addresses that change hands.</summary>
public sealed class AddressTests
{
    /// <summary>Two services exchange their addresses, then a third takes one of a service that goes; another service is asked all the while.</summary>
    [Fact]
    public async Task Address_PassesFromServiceToServiceInOneTable()
    {
        await using var rig = await HostRig.StartAsync();
        ListenAddress[] at = [new("127.0.0.1", HostRig.FreePort()), new("127.0.0.1", HostRig.FreePort())];
        await rig.SetAsync(Services(rig, 1, ("web", rig.Listen), ("a", at[0]), ("b", at[1])));
        await Eventually.Async(() => rig.Track.Services.All(s => s.Arms.All(a => a.Ready == 1)), "ready");
        using var stop = new CancellationTokenSource();
        var unrelated = AskUntilAsync(rig, stop.Token);
        Assert.Equal(("shop-a", "shop-b"), (await AtAsync(rig, at[0]), await AtAsync(rig, at[1])));

        await rig.SetAsync(Services(rig, 2, ("web", rig.Listen), ("a", at[1]), ("b", at[0])));
        Assert.Equal(("shop-b", "shop-a"), (await AtAsync(rig, at[0]), await AtAsync(rig, at[1])));
        await rig.SetAsync(Services(rig, 3, ("web", rig.Listen), ("b", at[1])));
        Assert.Equal("shop-b", await AtAsync(rig, at[1]));
        await Assert.ThrowsAsync<HttpRequestException>(() => NewClientAtAsync(at[0]));
        await stop.CancelAsync();
        Assert.Equal(0, await unrelated);

        await RefusedAsync(rig, PutResult.InvalidTable, Services(rig, 4, ("web", rig.Listen), ("b", rig.Listen)));
        var covered = await rig.PutAsync(Services(rig, 4, ("web", rig.Listen), ("b", new("0.0.0.0", rig.Listen.Port))));
        Assert.Contains($"web of shop/production listens on {rig.Listen}, which covers it; put a table without", covered.Message);
    }

    /// <summary>A release that will listen elsewhere: both addresses answer until it took over, and no request is lost at the one it keeps.</summary>
    [Fact]
    public async Task NextAddress_IsServedToo_AndBecomesTheServicesOwnWithoutBeingClosed()
    {
        await using var rig = await HostRig.StartAsync();
        var next = new ListenAddress("127.0.0.1", HostRig.FreePort());
        await rig.SetAsync(rig.Table(1));
        await rig.ReadyAsync("shop-1");
        await rig.SetAsync(Moving(rig.Table(2, canary: "shop-2"), rig.Listen, next));
        await rig.ReadyAsync("shop-2");
        Assert.Equal(("shop-1", "shop-1"), (await AtAsync(rig, rig.Listen), await AtAsync(rig, next)));

        await rig.SetAsync(Moving(rig.Table(3, canary: "shop-2", percent: 100), next, null));
        Assert.Equal("shop-2", await AtAsync(rig, next));
        await Assert.ThrowsAsync<HttpRequestException>(() => NewClientAtAsync(rig.Listen));
        await rig.SetAsync(Moving(rig.Table(4, canary: "shop-2"), rig.Listen, next));
        Assert.Equal(("shop-1", "shop-1"), (await AtAsync(rig, rig.Listen), await AtAsync(rig, next)));
        await rig.SetAsync(Moving(rig.Table(5), rig.Listen, null));
        Assert.Equal("shop-1", await AtAsync(rig, rig.Listen));
        await Assert.ThrowsAsync<HttpRequestException>(() => NewClientAtAsync(next));
    }

    /// <summary>On the port that it has: opened to others, and closed to them again. Nobody else may share it by that.</summary>
    [Fact]
    public async Task NextAddress_ThatCoversItsOwn_IsServedBesideIt()
    {
        await using var rig = await HostRig.StartAsync();
        var everywhere = new ListenAddress("0.0.0.0", rig.Listen.Port);
        var elsewhere = new ListenAddress("127.0.0.2", rig.Listen.Port);
        await rig.SetAsync(rig.Table(1));
        await rig.ReadyAsync("shop-1");
        await rig.SetAsync(Moving(rig.Table(2, canary: "shop-2"), rig.Listen, everywhere));
        await rig.ReadyAsync("shop-2");
        Assert.Equal(("shop-1", "shop-1"), (await AtAsync(rig, rig.Listen), await AtAsync(rig, elsewhere)));
        using (var stranger = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp))
            Assert.Throws<System.Net.Sockets.SocketException>(() => stranger.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, rig.Listen.Port)));

        await rig.SetAsync(Moving(rig.Table(3, canary: "shop-2", percent: 100), everywhere, null));
        Assert.Equal("shop-2", await AtAsync(rig, elsewhere));
        await NewClientAtAsync(rig.Listen);
        await rig.SetAsync(Moving(rig.Table(4, canary: "shop-2", percent: 100), everywhere, rig.Listen));
        await rig.SetAsync(Moving(rig.Table(5), rig.Listen, null));
        await NewClientAtAsync(rig.Listen);
        await Assert.ThrowsAsync<HttpRequestException>(() => NewClientAtAsync(elsewhere));
    }

    [Fact]
    public async Task NextAddress_ThatCannotBeHad_RefusesTheTable()
    {
        await using var rig = await HostRig.StartAsync();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await rig.SetAsync(rig.Table(1));
        await RefusedAsync(rig, PutResult.CannotListen, Moving(rig.Table(2, canary: "shop-2"), rig.Listen, new("127.0.0.1", ((System.Net.IPEndPoint)taken.LocalEndpoint).Port)));
    }

    private static DeclaredTable Moving(DeclaredTable table, ListenAddress listen, ListenAddress? next) =>
        table with { Services = [table.Services[0] with { Listen = listen, NextListen = next }] };

    private static DeclaredTable Services(HostRig rig, long generation, params (string Name, ListenAddress Listen)[] services)
    {
        var table = rig.Table(generation);
        var shape = table.Services[0];
        return table with
        {
            Services = [.. services.Select(s => shape with { Service = s.Name, Listen = s.Listen, Stable = "shop-" + s.Name, Arms = [HostRig.Arm("shop-" + s.Name, 1, Weight.All)] })],
        };
    }

    /// <summary>Over a connection that is kept.</summary>
    private static async Task<string> AtAsync(HostRig rig, ListenAddress address)
    {
        using var answer = await rig.Client.GetAsync(new Uri($"http://{address}/"));
        return answer.Headers.GetValues("X-Version").Single();
    }

    private static async Task NewClientAtAsync(ListenAddress address)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://{address}/"));
    }

    private static async Task<int> AskUntilAsync(HostRig rig, CancellationToken cancel)
    {
        var failed = 0;
        while (!cancel.IsCancellationRequested) failed += await rig.VersionAsync() == "shop-web" ? 0 : 1;
        return failed;
    }
}
