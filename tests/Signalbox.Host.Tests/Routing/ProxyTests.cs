using System.Net;
using System.Net.WebSockets;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Routing;

public sealed class ProxyTests
{
    private static async Task<HostRig> ReadyRigAsync(double percent = 0, StickyKey? sticky = null, int instances = 1)
    {
        var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1, canary: "shop-2", sticky: sticky, instances: instances));
        await rig.ReadyAsync("shop-1", "shop-2");
        if (percent > 0) await rig.SetAsync(rig.Table(2, canary: "shop-2", percent: percent, sticky: sticky, instances: instances));
        return rig;
    }

    [Fact]
    public async Task Request_PassesAsWritten()
    {
        await using var rig = await ReadyRigAsync();
        const string target = "/@scope%2fname/a%20b//c?q=1%2C2&x=%C3%A4";
        using var answer = await rig.Client.GetAsync(new Uri(rig.Url(target), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        Assert.Equal(target, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_AreForwardedWithTheClientAdded()
    {
        await using var rig = await ReadyRigAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, rig.Url("/headers"));
        request.Headers.Host = "shop.example.com";
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await rig.Client.SendAsync(request);
        var headers = (await answer.Content.ReadAsStringAsync()).Split('\n');

        Assert.Contains("Host: shop.example.com", headers);
        Assert.Contains("X-Forwarded-For: 203.0.113.9, 127.0.0.1", headers);
        Assert.Contains("X-Forwarded-Proto: https", headers);
        Assert.Contains("X-Forwarded-Host: shop.example.com", headers);
    }

    [Theory]
    [InlineData("signalbox_session=secret", null)]
    [InlineData("signalbox_session=secret; a=1;b=2", "a=1;b=2")]
    [InlineData("a=1;  b=\"x y\"; signalbox_session=secret; c=%3D=; d", "a=1;  b=\"x y\"; c=%3D=; d")]
    [InlineData("a=1; signalbox_session=secret", "a=1")]
    [InlineData("signalbox_session_4711=secret; a=1; signalbox_session_9090=other", "a=1")]
    [InlineData("signalbox_session_of=mine; signalbox_sessions=2", "signalbox_session_of=mine; signalbox_sessions=2")]
    [InlineData("a=1; signalbox_session=one; signalbox_session = two", "a=1")]
    [InlineData("x=signalbox_session; my_signalbox_session=3; Signalbox_Session=4;", "x=signalbox_session; my_signalbox_session=3; Signalbox_Session=4;")]
    public async Task Session_OfTheControlPlane_IsNotPassedOn_AndAllOtherCookiesAreAsWritten(string sent, string? received)
    {
        await using var rig = await ReadyRigAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, rig.Url("/headers"));
        request.Headers.TryAddWithoutValidation("Cookie", sent);
        using var answer = await rig.Client.SendAsync(request);
        var headers = (await answer.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("Cookie:", StringComparison.Ordinal));

        Assert.Equal(received is null ? [] : [$"Cookie: {received}"], headers);
    }

    /// <summary>Cookies do not tell ports apart: a workload could sign an operator out, or into a session of its own.</summary>
    [Theory]
    [InlineData("signalbox_session=; Max-Age=0")]
    [InlineData("signalbox_session_4711=; Max-Age=0")]
    [InlineData(" signalbox_session = mine; Path=/api")]
    [InlineData("=signalbox_session=mine")]
    public async Task Session_OfTheControlPlane_IsNobodyElsesToSet(string set)
    {
        await using var rig = await ReadyRigAsync();
        string[] others = ["a=1; Path=/", "my_signalbox_session=3", "x=signalbox_session"];
        using var answer = await rig.Client.GetAsync(new Uri(rig.Url($"/cookies?{string.Join('&', others.Append(set).Select(cookie => $"set={Uri.EscapeDataString(cookie)}"))}")));
        Assert.Equal(others, answer.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task LargeBody_PassesWithoutALimit()
    {
        await using var rig = await ReadyRigAsync();
        var body = new byte[40_000_000];
        Random.Shared.NextBytes(body);
        using var answer = await rig.Client.PostAsync(new Uri(rig.Url("/digest")), new ByteArrayContent(body));

        Assert.Equal(Digest.Of(body).Hex, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task EventStream_FirstEventArrivesWhileOpen()
    {
        await using var rig = await ReadyRigAsync();
        using var answer = await rig.Client.GetAsync(new Uri(rig.Url("/events")), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("data: first", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        await Eventually.Async(() => rig.ArmOf("shop-1").Requests == 1, "counted when it began");
    }

    [Fact]
    public async Task Weights_SplitUnkeyedTraffic()
    {
        await using var rig = await ReadyRigAsync(percent: 20);
        var canary = 0;
        for (var i = 0; i < 1000; i++) canary += await rig.VersionAsync() == "shop-2" ? 1 : 0;

        // binomial(1000, 0.2): six standard deviations
        Assert.InRange(canary, 200 - 76, 200 + 76);
    }

    [Fact]
    public async Task StickyKey_StaysWhileTheWeightRises()
    {
        var sticky = new StickyKey(Cookie: "session");
        await using var rig = await ReadyRigAsync(percent: 10, sticky: sticky);
        var at10 = await SplitAsync(rig, 200);
        Assert.Equal(at10, await SplitAsync(rig, 200));
        await rig.SetAsync(rig.Table(3, canary: "shop-2", percent: 50, sticky: sticky));
        var at50 = await SplitAsync(rig, 200);

        Assert.Subset(at50, at10);
        Assert.InRange(at50.Count, 100 - 43, 100 + 43);
    }

    private static async Task<HashSet<int>> SplitAsync(HostRig rig, int keys)
    {
        var canary = new HashSet<int>();
        for (var i = 0; i < keys; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, rig.Url("/"));
            request.Headers.Add("Cookie", $"a=b; session=user-{i}; z=y");
            using var answer = await rig.Client.SendAsync(request);
            if (answer.Headers.GetValues("X-Version").Single() == "shop-2") canary.Add(i);
        }
        return canary;
    }

    [Fact]
    public async Task NoReadyInstance_Answers503WithRetryAfter()
    {
        await using var rig = await HostRig.StartAsync();
        rig.Instances.NeverReady.Add("shop-1");
        await rig.SetAsync(rig.Table(1));
        using var answer = await rig.Client.GetAsync(new Uri(rig.Url("/")));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("1", answer.Headers.RetryAfter!.ToString());
        Assert.Equal("signalbox: web of shop/production cannot answer: no instance is ready\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, rig.ArmOf("shop-1").Requests);
    }

    [Fact]
    public async Task ConnectFailure_GoesToAnotherInstanceAndIsCountedBad()
    {
        await using var rig = await ReadyRigAsync(percent: 50);
        await rig.Instances.DieAsync("shop-2");
        for (var i = 0; i < 50; i++)
        {
            using var answer = await rig.Client.PostAsync(new Uri(rig.Url("/echo")), new StringContent("kept"));
            Assert.Equal("kept", await answer.Content.ReadAsStringAsync());
        }

        var (stable, canary) = (rig.ArmOf("shop-1"), rig.ArmOf("shop-2"));
        Assert.True(canary.Bad > 5 && canary.Bad == canary.Requests, $"{canary}");
        Assert.Equal(50, stable.Requests + canary.Requests);
        Assert.Equal(0, stable.Bad);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PURGE")]
    public async Task Unanswered_RequestThatIsNotSafe_IsExecutedOnce(string method)
    {
        await using var rig = await ReadyRigAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), rig.Url("/reset"));
        using var answer = await rig.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(1, rig.Instances.Backend("shop-1").Served);
        Assert.Equal((1, 1), Counts(rig));
    }

    [Fact]
    public async Task ConnectFailure_OfEveryInstance_IsBlamedOnceOnEachArm()
    {
        await using var rig = await ReadyRigAsync(percent: 50);
        await rig.Instances.DieAsync("shop-1");
        await rig.Instances.DieAsync("shop-2");
        // the third attempt comes back to the arm of the first
        for (var i = 0; i < 20; i++) await rig.VersionAsync();

        Assert.Equal((20, 20), (rig.ArmOf("shop-1").Bad, rig.ArmOf("shop-2").Bad));
        Assert.Equal((20, 20), (rig.ArmOf("shop-1").Requests, rig.ArmOf("shop-2").Requests));
    }

    [Fact]
    public async Task Outcomes_AreCountedAsDecided()
    {
        await using var rig = await ReadyRigAsync();
        await rig.Client.GetAsync(new Uri(rig.Url("/missing")));
        Assert.Equal((1, 0), Counts(rig));
        await rig.Client.GetAsync(new Uri(rig.Url("/fail")));
        Assert.Equal((2, 1), Counts(rig));
        using (var answer = await rig.Client.GetAsync(new Uri(rig.Url("/reset")))) Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal((3, 2), Counts(rig));

        using var away = new CancellationTokenSource();
        var hanging = rig.Client.GetAsync(new Uri(rig.Url("/hang")), away.Token);
        await Eventually.Async(() => rig.ArmOf("shop-1").InFlight == 1, "in flight");
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await Eventually.Async(() => rig.ArmOf("shop-1").InFlight == 0, "client abort ends it upstream");
        Assert.Equal((3, 2), Counts(rig));
    }

    private static (long, long) Counts(HostRig rig) => (rig.ArmOf("shop-1").Requests, rig.ArmOf("shop-1").Bad);

    [Fact]
    public async Task AgeLimit_CountsAHangingRequestOnce()
    {
        await using var rig = await HostRig.StartAsync();
        await rig.SetAsync(rig.Table(1, canary: "shop-2", judge: HostRig.Plan(ageSeconds: 0.3)));
        await rig.ReadyAsync("shop-1");
        using var away = new CancellationTokenSource();
        var hanging = rig.Client.GetAsync(new Uri(rig.Url("/hang")), away.Token);
        var stream = await rig.Client.GetAsync(new Uri(rig.Url("/events")), HttpCompletionOption.ResponseHeadersRead);
        await Eventually.Async(() => Counts(rig) == (2, 1), "over age");
        var later = rig.Client.GetAsync(new Uri(rig.Url("/hang")), away.Token);
        await Eventually.Async(() => Counts(rig) == (3, 2), "over age again, and the first counted once");
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => later);
        stream.Dispose();
        await Eventually.Async(() => rig.ArmOf("shop-1").InFlight == 0, "ended");

        Assert.Equal((3, 2), Counts(rig));
    }

    [Fact]
    public async Task WebSocket_PassesAndIsClosedWhenDrainTimesOut()
    {
        await using var rig = await ReadyRigAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{rig.Listen}/ws"), default);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[16];
        var got = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, got.Count));

        await rig.SetAsync(rig.Table(2, stable: "shop-2", drainSeconds: 0.3));
        await Assert.ThrowsAnyAsync<Exception>(() => socket.ReceiveAsync(buffer, default).WaitAsync(TimeSpan.FromSeconds(5)));
        await Eventually.Async(() => rig.Instances.Stopped.Contains("shop-1"), "stopped after the drain");
    }

    [Fact]
    public async Task UnreadyInstance_GetsNothingWhileAnotherIsReady()
    {
        await using var rig = await ReadyRigAsync(percent: 50);
        rig.Instances.Become(rig.Instances.All.Single(i => i.Spec.Revision == "shop-2"), InstancePhase.Unready);
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.Zero, "weight taken away");
        for (var i = 0; i < 30; i++) Assert.Equal("shop-1", await rig.VersionAsync());
        rig.Instances.Become(rig.Instances.All.Single(i => i.Spec.Revision == "shop-2"), InstancePhase.Ready);
        await Eventually.Async(() => rig.ArmOf("shop-2").Weight == Weight.Percent(50), "weight given back");
    }
}
