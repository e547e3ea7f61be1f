using System.Net;
using System.Net.Sockets;
using Signalbox.Delivery;
using Signalbox.Host.Tests.Routing;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Tables;

/// <summary>An address where one revision alone is seen.</summary>
public sealed class PreviewTests
{
    private readonly ListenAddress _preview = new("127.0.0.1", HostRig.FreePort());

    private DeclaredTable Table(HostRig rig, long generation, double percent = 0, bool preview = true)
    {
        var table = rig.Table(generation, canary: "shop-2", percent: percent, judge: HostRig.Plan());
        return preview ? table with { Services = [table.Services[0] with { Preview = new(_preview, "shop-2") }] } : table;
    }

    private async Task<HostRig> PreviewedAsync()
    {
        var rig = await HostRig.StartAsync();
        await rig.SetAsync(Table(rig, 1));
        await rig.ReadyAsync("shop-1", "shop-2");
        return rig;
    }

    private static async Task<string> AtAsync(HostRig rig, ListenAddress address)
    {
        using var answer = await rig.Client.GetAsync(new Uri($"http://{address}/"));
        return answer.IsSuccessStatusCode ? answer.Headers.GetValues("X-Version").Single() : ((int)answer.StatusCode).ToString();
    }

    [Fact]
    public async Task Preview_ShowsTheNewOneAlone_AndTheServiceTheOld()
    {
        await using var rig = await PreviewedAsync();
        for (var i = 0; i < 10; i++) Assert.Equal(("shop-1", "shop-2"), (await rig.VersionAsync(), await AtAsync(rig, _preview)));
    }

    [Fact]
    public async Task Preview_IsNobodysEvidence()
    {
        await using var rig = await PreviewedAsync();
        rig.Instances.Backend("shop-2").Failing = true;
        for (var i = 0; i < 200; i++) Assert.Equal("500", await AtAsync(rig, _preview));
        await rig.VersionAsync();
        await Eventually.Async(() => rig.Track.Services[0].Judge is { StableRequests: > 0 }, "judged");
        Assert.Equal((0, 0, null), (rig.ArmOf("shop-2").Requests, rig.Track.Services[0].Judge!.CanaryRequests, rig.Track.Latch));
    }

    [Fact]
    public async Task Preview_ClosesWithTheTableThatSwitches()
    {
        await using var rig = await PreviewedAsync();
        await rig.SetAsync(Table(rig, 2, percent: 100, preview: false));
        Assert.Equal("shop-2", await rig.VersionAsync());
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{_preview}/")));
    }

    [Fact]
    public async Task Preview_OfWhatIsNotReady_Answers503()
    {
        await using var rig = await HostRig.StartAsync();
        rig.Instances.NeverReady.Add("shop-2");
        await rig.SetAsync(Table(rig, 1));
        await Eventually.Async(() => rig.ArmOf("shop-1").Ready == 1, "ready");
        Assert.Equal(((int)HttpStatusCode.ServiceUnavailable).ToString(), await AtAsync(rig, _preview));
    }

    [Fact]
    public async Task Preview_OnAPortThatIsTaken_IsRefusedAndChangesNothing()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1));
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, _preview.Port));
        holder.Listen();
        await TableTests.RefusedAsync(rig, PutResult.CannotListen, Table(rig, 2));
        Assert.Equal(1, rig.Track.Generation);
        Assert.Single(rig.Track.Services[0].Arms);
        var own = Table(rig, 2);
        await TableTests.RefusedAsync(rig, PutResult.InvalidTable, own with { Services = [own.Services[0] with { Preview = new(rig.Listen, "shop-2") }] });
    }

    [Fact]
    public async Task Restart_ShowsItAgain()
    {
        await using var rig = await PreviewedAsync();
        await rig.KillAsync();
        await using var next = await HostRig.StartAsync(rig);
        await Eventually.Async(() => next.ArmOf("shop-2").Ready == 1, "adopted");
        Assert.Equal("shop-2", await AtAsync(rig, _preview));
    }

    /// <summary>What is under way at the preview when it goes is answered as any other request.</summary>
    [Fact]
    public async Task Leaving_WaitsForWhatIsUnderWayAtThePreview()
    {
        await using var rig = await PreviewedAsync();
        var slow = rig.Client.PostAsync(new Uri($"http://{_preview}/slow"), new StringContent("x"));
        await Eventually.Async(() => rig.ArmOf("shop-2").InFlight == 1, "in flight");
        await rig.SetAsync(rig.Table(2));
        using var answer = await slow;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
