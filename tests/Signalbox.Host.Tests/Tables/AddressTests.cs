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
